/** What `--help` prints: one screen. */
export const shortHelp = `Writes the items of a paged API to stdout, one JSON value a line.

Usage: pagewise [flags] URL            asks it page by page, as curl would
       pagewise run JOB… | run --all   jobs of pagewise.config.json
       pagewise help TOPIC             flags (all of them), paging, jobs,
                                       output, secrets, exit-codes
       pagewise completion SHELL       a script for bash, zsh or fish

What to ask, with curl's flags (a pasted curl command works):
  -H 'Name: value'   -d DATA   --json DATA   -G   -u USER:PASSWORD   -X METHOD
How this API pages (found out by itself; --explain shows how):
  --paging KIND      page, cursor, link …, all of them: pagewise help paging
  --profile NAME     a known API, such as github
  --items PATH       where the items are     --size N     items per page
  --in PLACE         query, body[:PATH], form, headers, path, variables
How to behave:
  --rate 10/s        at most so many requests
  --retries N        extra attempts per page (5)   --timeout 30s for each
  --concurrency N    pages in flight at once (1)
  --max-pages N      --max-items N           stop early
  --skip-failed-pages N                      leave out pages that keep failing
  --checkpoint FILE  keeps the place there, and goes on by itself
  --resume-from TOKEN                        goes on where an earlier run ended
What is written:
  -o FILE            .ndjson, .json, .csv; .gz behind it compresses
  --format FORMAT    --fields id,name   --distinct id   --pages
What is said: -q nothing but errors, -v each request, --progress
See the run: --report FILE.html, --trace FILE, --har FILE

Exit codes: 0 done, 1 failed, 2 wrong usage (nothing sent), 3 done but for pages
that were left out, 130 interrupted.
Example: pagewise -H 'Authorization: Bearer $ENV{TOKEN}' --items data \\
  --size 100 -o items.ndjson https://api.example.com/items
`;

/** What `--help` prints: one screen. */
export const shortHelp = `Writes the items of a paged API to stdout, one JSON value per line.

Usage: pagewise [flags] URL            requests page after page, as curl would
       pagewise run JOB… | run --all   jobs in pagewise.config.json
       pagewise help TOPIC             flags (all of them), paging, sync, split,
                                 paths, jobs, output, secrets, exit-codes, or
                                 an error: HttpError
       pagewise profiles               the known APIs, for --profile
       pagewise checkpoints            of jobs: list, show FILE, delete FILE
       pagewise report compare A B     two reports of --report
       pagewise completion SHELL       a script for bash, zsh or fish

What to ask, with curl's flags (a pasted curl command works):
  -H 'Name: value'   -d DATA   --json DATA   -G   -u USER:PASSWORD   -X METHOD
How this API pages (detected by default; --explain shows how, --dry-run sends
nothing and shows the requests):
  --paging KIND      page, cursor, link …; see pagewise help paging
  --profile NAME     a known API, such as github
  --items PATH       where the items are     --size N     items per page
  --in PLACEMENT     query, body[:PATH], form, headers, path, variables
How to behave:
  --rate 10/s        maximum request rate
  --retries N        extra attempts per page (5)   --timeout 30s per attempt
  --concurrency N    pages in flight at the same time (1)
  --max-pages N      --max-items N           stop early
  --skip-failed-pages N                      skip pages that keep failing
  --checkpoint FILE  save progress in FILE, and resume from it
  --resume-from TOKEN                        resume where an earlier run ended
Output:
  -o FILE            .ndjson, .json or .csv; add .gz to compress
  --format FORMAT    --fields id,name   --distinct id   --pages
Messages: -q errors only, -v each request, --progress, --color WHEN
Run reports: --report FILE.html or .json, --trace FILE, --har FILE

Exit codes: 0 done, 1 failed, 2 invalid usage (nothing sent), 3 done except for
skipped pages, 4 another run is doing this job, 130 interrupted.
Example: pagewise -H 'Authorization: Bearer $ENV{TOKEN}' --items data \\
  --size 100 -o items.ndjson https://api.example.com/items
`;

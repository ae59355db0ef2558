/** Where a next URL may try to lead, at another server's host and port; every one of them must be refused (S1, S3, S4). */
export const ways = (evil: string, own: string): [name: string, url: string][] => {
  const host = evil.replace(/^http:\/\//, '');
  const ownHost = own.replace(/^http:\/\//, '');
  const port = own.split(':')[2] ?? '';
  return [
    ['another origin', `${evil}/items`],
    ['a scheme-relative URL', `//${host}/items`],
    ['a slash and a backslash', `/\\${host}/items`],
    ['two backslashes', `\\\\${host}/items`],
    ['three slashes', `http:///${host}/items`],
    ['a newline in the scheme', `ht\ntp://${host}/items`],
    ['a tab between the slashes', `/\t/${host}/items`],
    ['spaces before it', `   ${evil}/items`],
    ['capitals', `HTTP://${host.toUpperCase()}/items`],
    ['our host as user name', `http://${ownHost}@${host}/items`],
    ['our origin as a prefix', `${own}.${host}/items`],
    ['our origin as user name, behind a backslash', `http://${host}\\@${ownHost}/items`],
    ['another scheme', own.replace('http:', 'https:')],
    ['another port', `http://127.0.0.1:1/items`],
    ['another host', `http://localhost:${port}/items`],
    ['a trailing dot', `http://127.0.0.1.nip.:${port}/items`],
    ['a javascript: URL', 'javascript:alert(1)'],
    ['a file: URL', 'file:///etc/passwd'],
    ['a data: URL', 'data:application/json,[1]'],
    ['a blob: URL', `blob:${own}/0d6c7a52`],
    ['an ftp: URL', `ftp://${ownHost}/items`],
    ['no URL', 'http://'],
    ['a broken port', `http://${host}99999/items`],
  ];
};

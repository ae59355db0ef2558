import type { WritableFile } from '../node/sinks/file.js';

/** stdout as a file. A write settles when the text has left this process, so that waiting for it is backpressure. */
export function stdoutFile(): WritableFile {
  let bytes = 0;
  return {
    regular: false,
    get bytes() {
      return bytes;
    },
    write: (data) =>
      new Promise((resolve, reject) => {
        process.stdout.write(data, (error) => {
          if (error) reject(error);
          else {
            bytes += data.length;
            resolve();
          }
        });
      }),
    truncate(to) {
      bytes = to;
      return Promise.resolve();
    },
    sync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

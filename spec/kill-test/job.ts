// A process of the kill test: walks into one target, and kills itself at a given change.
import { dieAt, type DieAt } from './die-at.js';
import { targets } from './targets.js';

const [name = '', url = '', folder = '', die] = process.argv.slice(2);
const passBy = die ? await dieAt(JSON.parse(die) as DieAt) : () => undefined;
await targets[name]!.run(url, folder, passBy);

// The process of one contender: walks on request, and reports what that cost.
import { makeAsk } from './asks.mjs';
import { contenderFile } from './contenders.mjs';
import { measures } from './measures.mjs';

const { walks } = (await import(contenderFile(process.argv[2]))).default;
const made = new Map();

// The input is made once for each kind of walk, outside the measurement.
function asked(params) {
  const key = JSON.stringify(params);
  if (!made.has(key)) made.set(key, makeAsk(params));
  return made.get(key);
}

process.on('message', async ({ params, measure }) => {
  try {
    process.send({ cost: await measures[measure](walks[params.kind], asked(params)) });
  } catch (error) {
    process.send({ failure: { name: error.name, message: error.message, stack: error.stack } });
  }
});
process.on('disconnect', () => process.exit());
process.send('ready');

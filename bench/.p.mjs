// usage: p.mjs contender kind size pages walks
import { startServer } from './harness/start-server.mjs';
import { contenderFile } from './harness/contenders.mjs';
import { makeAsk } from './harness/asks.mjs';
const [,, ids, kind='number', size='128', pages='500', warm='20', rounds='7'] = process.argv;
const server = await startServer();
const { startWorker } = await import('./harness/start-worker.mjs');
const workers = []; for (const id of ids.split(',')) workers.push(await startWorker(id));
const params = { origin: server.origin, kind, size: Number(size), pages: Number(pages) };
const cost = new Map(workers.map(w=>[w,[]]));
for (let i=0;i<Number(warm);i++) for (const w of workers) await w.walk(params);
for (let r=0;r<Number(rounds);r++) for (const w of (r%2?[...workers].reverse():workers)) { await w.walk({...params,pages:20}); const {cpu,wall}=await w.walk(params); cost.get(w).push(cpu/pages); }
const ref = cost.get(workers[0]);
for (const w of workers) { const c=cost.get(w); const s=[...c].sort((a,b)=>a-b); const ratio=c.map((x,i)=>x/ref[i]).sort((a,b)=>a-b); console.log(w.id.padEnd(24), s[s.length>>1].toFixed(1), 'ratio', ratio[ratio.length>>1].toFixed(3), `(${ratio[0].toFixed(2)}–${ratio.at(-1).toFixed(2)})`); }
for (const w of workers) w.stop(); server.stop();

// whatsapp-chat-parser reads an export, as its README says: node importing_peer.mjs FILE
import fs from 'node:fs';

// The process's own peak; maxRSS counts what the parent held when it started this one.
function peak() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024 / 1e6;
  } catch {
    return process.resourceUsage().maxRSS * 1024 / 1e6;
  }
}

const started = performance.now();
const whatsapp = await import('whatsapp-chat-parser');
const loading = performance.now() - started;
const loaded = peak();
const times = [];
let messages = [];
for (let round = 0; round < 2; round++) {
  const start = performance.now();
  const text = fs.readFileSync(process.argv[2], 'utf8');
  messages = whatsapp.parseString(text);
  times.push((performance.now() - start) / 1000);
}
const people = new Set(messages.map((one) => one.author).filter((one) => one !== null));
console.log(JSON.stringify({
  messages: messages.length,
  authors: people.size,
  seconds: Math.min(...times),
  first_seconds: times[0],
  loading_seconds: loading / 1000,
  loaded_mb: loaded,
  peak_mb: peak(),
}));

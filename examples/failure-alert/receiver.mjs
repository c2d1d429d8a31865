// Takes alerts as a webhook and prints those that were signed with the secret, each once: what the other side of such a
// channel has to do. Node 20 or newer, no dependency.
//
//   node receiver.mjs PORT SECRET-FILE
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const [port, secretFile] = process.argv.slice(2);
if (secretFile === undefined) {
  console.error('Give a port and the file with the secret: node receiver.mjs 9009 alert-secret.txt');
  process.exit(2);
}
const secret = readFileSync(secretFile, 'utf8').trimEnd();

/** What is older may be something that was overheard and is played again. */
const MAX_AGE_SECONDS = 300;
/** Alerts are sent at least once: what was printed is not printed again. */
const seen = new Set();

/** As https://www.standardwebhooks.com describes. */
function isSigned(headers, body) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < MAX_AGE_SECONDS)) return false;
  const wanted = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, value = ''] = signature.split(',');
      const given = Buffer.from(value, 'base64');
      return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  if (!isSigned(request.headers, body)) {
    console.log('refused: not signed with the secret');
    response.writeHead(401).end('not signed with the secret');
    return;
  }
  const id = request.headers['webhook-id'];
  if (!seen.has(id)) {
    seen.add(id);
    const alert = JSON.parse(body);
    console.log(`${alert.severity}: ${alert.title}`);
    for (const line of alert.text.split('\n')) console.log(`  ${line}`);
    for (const { name, value } of alert.facts) console.log(`  ${name}: ${value}`);
  }
  response.writeHead(200).end('printed');
});

server.listen(Number(port), '127.0.0.1', () => console.log(`waiting for alerts on port ${server.address().port}`));

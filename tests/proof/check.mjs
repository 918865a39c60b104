// Checks a proof of the audit trail with the public key alone, by what docs/audit-proof.md says and nothing of ours:
//   node check.mjs PROOF PUBLIC
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [, , file, publicKey] = process.argv;
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const must = (condition, what) => {
  if (!condition) {
    console.error(`not good: ${what}`);
    process.exit(1);
  }
};

// The public key: name+id+base64(0x01, 32 bytes).
const [name, id, ...rest] = publicKey.split('+');
const key = Buffer.from(rest.join('+'), 'base64');
must(key.length === 33 && key[0] === 1, 'the public key');
must(sha256(`${name}\n`, key).subarray(0, 4).toString('hex') === id, 'the id of the public key');
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
const ed25519 = createPublicKey({ key: spki, format: 'der', type: 'spki' });

// The file: a head, an empty line, the signed checkpoint.
const text = readFileSync(file, 'utf8');
const cut = text.indexOf('\n\n');
const [first, extra, index, ...path] = text.slice(0, cut).split('\n');
const note = text.slice(cut + 2);
must(first === 'c2sp.org/tlog-proof@v1' && extra.startsWith('extra ') && index.startsWith('index '), 'the head');

// The checkpoint: three lines, an empty line, a line with the signature.
const end = note.lastIndexOf('\n\n');
const signed = note.slice(0, end + 1);
const signature = note
  .slice(end + 2)
  .split('\n')
  .filter((line) => line.startsWith(`\u2014 ${name} `))
  .map((line) => Buffer.from(line.slice(name.length + 3), 'base64'))
  .find((bytes) => bytes.subarray(0, 4).toString('hex') === id);
must(signature && verify(null, Buffer.from(signed), ed25519, signature.subarray(4)), 'the signature');
const [origin, sizeText, rootText] = signed.split('\n');
must(origin === name, 'the name of the log');

// The leaf.
const entry = JSON.parse(Buffer.from(extra.slice(6), 'base64').toString('utf8'));
const line = (field, value) => (value === null ? `${field} -\n` : `${field} ${Buffer.byteLength(value)}:${value}\n`);
const commitment = (part, fields) => {
  const shown = entry.parts[part];
  if ('commitment' in shown) return shown.commitment;
  return sha256(Buffer.from(shown.salt, 'hex'), fields.map((field) => line(field, shown[field])).join('')).toString('hex');
};
const number = (value) => (value === null ? null : String(value));
const contents = [
  'tallyhouse audit entry v1\n',
  line('seq', number(entry.seq)),
  line('at', number(entry.at)),
  line('realm', entry.realm),
  line('actor', number(entry.actor)),
  line('action', entry.action),
  line('entity_type', entry.entity_type),
  line('request_id', entry.request_id),
  line('station', entry.station),
  line('entity', commitment('entity', ['entity'])),
  line('values', commitment('values', ['before', 'after'])),
  line('origin', commitment('origin', ['address', 'agent'])),
].join('');

// From the leaf to the root (RFC 9162, 2.1.3.2).
let hash = sha256(Buffer.from([0]), contents);
let node = BigInt(index.slice(6));
let last = BigInt(sizeText) - 1n;
must(node <= last, 'the index');
for (const beside of path.map((text) => Buffer.from(text, 'base64'))) {
  must(last > 0n, 'the length of the path');
  if (node & 1n || node === last) {
    hash = sha256(Buffer.from([1]), beside, hash);
    while (!(node & 1n) && node !== 0n) {
      node >>= 1n;
      last >>= 1n;
    }
  } else {
    hash = sha256(Buffer.from([1]), hash, beside);
  }
  node >>= 1n;
  last >>= 1n;
}
must(last === 0n && hash.equals(Buffer.from(rootText, 'base64')), 'the root');
console.log(`good: entry ${entry.seq}, ${entry.action}, in a tree of ${sizeText}`);

// `npm run docs:protocol`: writes docs/protocol.md anew.
import { writeFileSync } from 'node:fs';
import { DOCUMENT, protocolDocument } from './protocol/document.ts';

writeFileSync(DOCUMENT, await protocolDocument());

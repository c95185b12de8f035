import { offeringPeer } from '../../tests/support/webrtc/peer.ts';
import { openSession } from '../../tests/support/webrtc/endpoint.ts';

/**
 * A native load generator, run as a process of its own so that its work is not counted with the server's:
 * `tsx readers.ts URL TOKEN COUNT`. Says `ready` when all listen, then the packets received each second.
 */
const [url = '', token = '', count = '0'] = process.argv.slice(2);
let received = 0;

for (let n = 0; n < Number(count); n++) {
	const peer = offeringPeer(`load-${n}`, [{ kind: 'audio', direction: 'RecvOnly' }]);
	peer.tracks[0]?.onMessage(() => void received++);
	const session = await openSession({ url, token }, await peer.bareOffer);
	peer.accept(session.answer);
	await peer.connected;
}
process.stdout.write('ready\n');
setInterval(() => {
	process.stdout.write(`${received}\n`);
	received = 0;
}, 1_000);
// Thousands of native peers are not closed one by one: the process ends and they with it.
process.on('SIGTERM', () => process.kill(process.pid, 'SIGKILL'));

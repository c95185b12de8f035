/** RTCP packet types (RFC 3550 §12.1). */
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;

const CNAME_ITEM = 1;
const VERSION_BITS = 0x80;
/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_UNIX_OFFSET_SECONDS = 2_208_988_800;
const TWO_POW_32 = 0x1_0000_0000;

export type NtpTime = { readonly seconds: number; readonly fraction: number };

export function ntpTime(unixMs: number): NtpTime {
	const seconds = Math.floor(unixMs / 1000);
	return {
		seconds: (seconds + NTP_UNIX_OFFSET_SECONDS) >>> 0,
		fraction: Math.floor(((unixMs - seconds * 1000) / 1000) * TWO_POW_32) >>> 0
	};
}

/** The middle 32 bits, as reports quote a sender report's time (RFC 3550 §6.4.1, LSR). */
export function ntpMiddle({ seconds, fraction }: NtpTime): number {
	return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}

export type ReportBlock = {
	readonly ssrc: number;
	/** Share lost since the report before, in 1/256. */
	readonly fractionLost: number;
	/** Cumulative; may be negative when packets came twice. */
	readonly packetsLost: number;
	readonly highestSequence: number;
	/** In samples of the RTP clock. */
	readonly jitter: number;
	/** `ntpMiddle` of the last sender report, 0 when there was none. */
	readonly lastSenderReport: number;
	/** In 1/65536 s. */
	readonly delaySinceLastSenderReport: number;
};

export type RtcpPart =
	| {
			readonly type: 'sender-report';
			readonly ssrc: number;
			readonly ntp: NtpTime;
			readonly blocks: readonly ReportBlock[];
	  }
	| { readonly type: 'receiver-report'; readonly blocks: readonly ReportBlock[] }
	| { readonly type: 'goodbye' };

/** The parts of a compound packet that matter here; stops at the first malformed one. Never throws. */
export function parseRtcp(datagram: Buffer): RtcpPart[] {
	const parts: RtcpPart[] = [];
	let at = 0;
	while (at + 4 <= datagram.length) {
		const first = datagram.readUInt8(at);
		const end = at + 4 + datagram.readUInt16BE(at + 2) * 4;
		if ((first & 0xc0) !== VERSION_BITS || end > datagram.length) break;
		const body = datagram.subarray(at + 4, end);
		const part = parsePart(datagram.readUInt8(at + 1), first & 0x1f, body);
		if (part) parts.push(part);
		at = end;
	}
	return parts;
}

function parsePart(type: number, count: number, body: Buffer): RtcpPart | null {
	if (type === GOODBYE) return { type: 'goodbye' };
	if (type === SENDER_REPORT && body.length >= 24)
		return {
			type: 'sender-report',
			ssrc: body.readUInt32BE(0),
			ntp: { seconds: body.readUInt32BE(4), fraction: body.readUInt32BE(8) },
			blocks: parseBlocks(body.subarray(24), count)
		};
	if (type === RECEIVER_REPORT && body.length >= 4)
		return { type: 'receiver-report', blocks: parseBlocks(body.subarray(4), count) };
	return null;
}

function parseBlocks(bytes: Buffer, count: number): ReportBlock[] {
	const blocks: ReportBlock[] = [];
	for (let at = 0; blocks.length < count && at + 24 <= bytes.length; at += 24)
		blocks.push({
			ssrc: bytes.readUInt32BE(at),
			fractionLost: bytes.readUInt8(at + 4),
			packetsLost: bytes.readIntBE(at + 5, 3),
			highestSequence: bytes.readUInt32BE(at + 8),
			jitter: bytes.readUInt32BE(at + 12),
			lastSenderReport: bytes.readUInt32BE(at + 16),
			delaySinceLastSenderReport: bytes.readUInt32BE(at + 20)
		});
	return blocks;
}

export type SenderReport = {
	readonly ssrc: number;
	readonly ntp: NtpTime;
	readonly rtpTimestamp: number;
	readonly packets: number;
	readonly octets: number;
	readonly cname: string;
};

/** A compound packet of sender report and source description, as RFC 3550 §6.1 asks for. */
export function writeSenderReport(report: SenderReport): Buffer {
	const description = sourceDescription(report.ssrc, report.cname);
	const packet = Buffer.alloc(28 + description.length);
	packet[0] = VERSION_BITS;
	packet[1] = SENDER_REPORT;
	packet.writeUInt16BE(6, 2);
	packet.writeUInt32BE(report.ssrc, 4);
	packet.writeUInt32BE(report.ntp.seconds, 8);
	packet.writeUInt32BE(report.ntp.fraction, 12);
	packet.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
	packet.writeUInt32BE(report.packets >>> 0, 20);
	packet.writeUInt32BE(report.octets >>> 0, 24);
	packet.set(description, 28);
	return packet;
}

/** A compound packet of receiver report with one block and source description. */
export function writeReceiverReport(ssrc: number, block: ReportBlock, cname: string): Buffer {
	const description = sourceDescription(ssrc, cname);
	const packet = Buffer.alloc(32 + description.length);
	packet[0] = VERSION_BITS | 1;
	packet[1] = RECEIVER_REPORT;
	packet.writeUInt16BE(7, 2);
	packet.writeUInt32BE(ssrc, 4);
	packet.writeUInt32BE(block.ssrc, 8);
	packet[12] = block.fractionLost;
	packet.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.packetsLost)), 13, 3);
	packet.writeUInt32BE(block.highestSequence >>> 0, 16);
	packet.writeUInt32BE(block.jitter >>> 0, 20);
	packet.writeUInt32BE(block.lastSenderReport, 24);
	packet.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, 28);
	packet.set(description, 32);
	return packet;
}

/** One chunk with a CNAME, ended by a null octet and padded to 32 bits (RFC 3550 §6.5). */
function sourceDescription(ssrc: number, cname: string): Buffer {
	const name = Buffer.from(cname, 'ascii').subarray(0, 255);
	const words = Math.ceil((4 + 2 + name.length + 1) / 4);
	const packet = Buffer.alloc(4 + words * 4);
	packet[0] = VERSION_BITS | 1;
	packet[1] = SOURCE_DESCRIPTION;
	packet.writeUInt16BE(words, 2);
	packet.writeUInt32BE(ssrc, 4);
	packet[8] = CNAME_ITEM;
	packet[9] = name.length;
	packet.set(name, 10);
	return packet;
}

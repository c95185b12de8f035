import { bySpeech, cuesOf, type Cue, type SpokenSegment } from './cues.ts';
import { mergedCues, type StackedCue } from './stacked-cues.ts';
import { tidy } from './writing.ts';

/**
 * A transcript as a file, of one channel or of several side by side. Where the formats are written down:
 * WebVTT https://www.w3.org/TR/webvtt1/ (Candidate Recommendation of 4 April 2019, sections 4 and 6.4);
 * SRT has no specification, so it holds what common players read and nothing they would take as a command.
 */
export const EXPORT_FORMATS = ['txt', 'srt', 'vtt', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type ExportedChannel = {
	/** Unique in the file, as people name it: `Français`. */
	readonly label: string;
	/** BCP-47 of the text. */
	readonly language: string;
	/** Translated by a machine: said in the file. */
	readonly machine: boolean;
	readonly segments: readonly SpokenSegment[];
};

export type Transcript = {
	readonly event: string;
	readonly room: string;
	readonly channels: readonly ExportedChannel[];
	/** Epoch ms of 00:00:00; null: the first word. */
	readonly zeroAt: number | null;
};

export const EXPORT_CONTENT_TYPES: Record<ExportFormat, string> = {
	txt: 'text/plain; charset=utf-8',
	srt: 'application/x-subrip; charset=utf-8',
	vtt: 'text/vtt; charset=utf-8',
	json: 'application/json; charset=utf-8'
};

export function exported(transcript: Transcript, format: ExportFormat): string {
	switch (format) {
		case 'txt':
			return plainText(transcript);
		case 'srt':
			return subRip(transcript);
		case 'vtt':
			return webVtt(transcript);
		case 'json':
			return json(transcript);
	}
}

/** Epoch ms from which times are counted: the wish, else the first word of any channel. */
export function zeroOf({ channels, zeroAt }: Transcript): number {
	if (zeroAt !== null) return zeroAt;
	const starts = channels.flatMap(({ segments }) => segments.map(({ startedAt }) => startedAt));
	return starts.reduce((first, at) => Math.min(first, at), starts[0] ?? 0);
}

/** One line for each caption; the language before it where there are several channels. */
function plainText(transcript: Transcript): string {
	const zeroAt = zeroOf(transcript);
	const isAlone = transcript.channels.length === 1;
	const head = transcript.channels.map(channelNote).join('\n');
	const rows = transcript.channels
		.flatMap((channel) => channel.segments.map((segment) => ({ channel, segment })))
		.filter(({ segment }) => segment.endedAt > zeroAt)
		.sort((a, b) => a.segment.startedAt - b.segment.startedAt || a.segment.seq - b.segment.seq);
	const speakers = new Map<string, string | null>();
	const lines = rows.map(({ channel, segment }) => {
		const isNew = segment.speaker !== null && speakers.get(channel.label) !== segment.speaker;
		speakers.set(channel.label, segment.speaker);
		const time = clock(Math.max(0, segment.startedAt - zeroAt)).slice(0, -4);
		const before = isAlone ? '' : `${channel.label} · `;
		return `[${time}] ${before}${isNew ? `${tidy(segment.speaker ?? '')}: ` : ''}${tidy(segment.text)}`;
	});
	return [tidy(`${transcript.event} · ${transcript.room}`), head, '', ...lines, ''].join('\n');
}

function channelNote({ label, language, machine }: ExportedChannel): string {
	return tidy(`${label} (${language})${machine ? ', translated by a machine' : ''}`);
}

function subRip(transcript: Transcript): string {
	return stacked(transcript)
		.map(
			({ startMs, endMs, blocks }, index) =>
				`${index + 1}\n${clock(startMs, ',')} --> ${clock(endMs, ',')}\n` +
				`${blocks.flatMap(({ cue }) => cue.lines.map(harmless)).join('\n')}\n`
		)
		.join('\n');
}

/** Players take `<i>` and `{\an8}` as commands; a word joiner, which nobody sees, makes them text. */
function harmless(line: string): string {
	return line
		.replaceAll('-->', '→')
		.replace(/<(?=[a-z/])/giu, '<\u2060')
		.replace(/\{(?=\\)/gu, '{\u2060');
}

function webVtt(transcript: Transcript): string {
	const isAlone = transcript.channels.length === 1;
	const notes = [
		`${transcript.event} · ${transcript.room}`,
		...transcript.channels.map(channelNote)
	];
	const blocks = isAlone
		? vttCues(transcript)
		: stacked(transcript).map((cue, index) =>
				vttCue(
					String(index + 1),
					cue,
					cue.blocks.map(({ channel, cue: { lines } }) => inLanguage(channel, lines.map(cueText)))
				)
			);
	// The head has no place for a language in the specification, so a comment says it.
	const note = `NOTE\n${notes.map((line) => tidy(line).replaceAll('-->', '→')).join('\n')}\n`;
	return ['WEBVTT\n', note, ...blocks].join('\n');
}

function vttCues(transcript: Transcript): string[] {
	const zeroAt = zeroOf(transcript);
	return transcript.channels.flatMap(({ language, segments }) => {
		const cues = cuesOf(segments, { language, zeroAt, named: false });
		return cues.map((cue, index) => vttCue(String(index + 1), cue, [voiced(cue)]));
	});
}

function vttCue(
	id: string,
	{ startMs, endMs }: Pick<Cue, 'startMs' | 'endMs'>,
	payload: readonly string[]
): string {
	return `${id}\n${clock(startMs)} --> ${clock(endMs)}\n${payload.join('\n')}\n`;
}

/** Section 4.2.2: a voice span names who speaks. */
function voiced({ speaker, lines }: Cue): string {
	const text = lines.map(cueText).join('\n');
	const name = speaker === null ? '' : cueText(tidy(speaker));
	return name === '' ? text : `<v ${name}>${text}</v>`;
}

/** A language span, so that a screen reader and the choice of glyphs are right. */
function inLanguage({ language }: ExportedChannel, lines: readonly string[]): string {
	return `<lang ${cueText(language)}>${lines.join('\n')}</lang>`;
}

/** Cue text of WebVTT: these three are written as escapes, which also takes care of `-->`. */
function cueText(line: string): string {
	return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function stacked(transcript: Transcript): StackedCue<ExportedChannel>[] {
	const zeroAt = zeroOf(transcript);
	return mergedCues(
		transcript.channels.map((channel) => ({
			channel,
			cues: cuesOf(channel.segments, { language: channel.language, zeroAt, named: true })
		}))
	);
}

function json(transcript: Transcript): string {
	const zeroAt = zeroOf(transcript);
	const channels = transcript.channels.map(({ label, language, machine, segments }) => ({
		label,
		language,
		machine,
		segments: [...segments].sort(bySpeech).map((segment) => ({
			seq: segment.seq,
			startMs: segment.startedAt - zeroAt,
			endMs: segment.endedAt - zeroAt,
			startedAt: segment.startedAt,
			endedAt: segment.endedAt,
			speaker: segment.speaker,
			text: segment.text
		}))
	}));
	const { event, room } = transcript;
	return `${JSON.stringify({ format: 1, event, room, zeroAt, channels }, null, '\t')}\n`;
}

/** `hh:mm:ss.mmm` (section 3.4 of WebVTT); hours take as many digits as they need. */
export function clock(ms: number, fraction: '.' | ',' = '.'): string {
	const whole = Math.max(0, Math.round(ms));
	const two = (value: number): string => String(value).padStart(2, '0');
	const hours = Math.floor(whole / 3_600_000);
	const minutes = Math.floor(whole / 60_000) % 60;
	const seconds = Math.floor(whole / 1000) % 60;
	return `${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}${String(whole % 1000).padStart(3, '0')}`;
}

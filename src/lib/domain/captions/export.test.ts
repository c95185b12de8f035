import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUE_MIN_MS, cuesOf, LINE_COLUMNS, LINES_MAX, type SpokenSegment } from './cues.ts';
import { clock, exported, type ExportedChannel, type Transcript } from './export.ts';
import { tidy, width } from './writing.ts';

const T0 = 1_760_000_000_000;

function spoken(
	seq: number,
	text: string,
	startMs: number,
	endMs: number,
	speaker: string | null = null
): SpokenSegment {
	return { seq, text, startedAt: T0 + startMs, endedAt: T0 + endMs, speaker };
}

function channel(
	segments: readonly SpokenSegment[],
	language = 'en',
	label = 'English'
): ExportedChannel {
	return { label, language, machine: false, segments };
}

function transcript(channels: readonly ExportedChannel[], zeroAt: number | null = T0): Transcript {
	return { event: 'PyCon', room: 'Main hall', channels, zeroAt };
}

describe('clock', () => {
	it.each([
		[0, '00:00:00.000'],
		[3_723_004, '01:02:03.004'],
		[359_999_999, '99:59:59.999'],
		[360_000_000, '100:00:00.000'],
		[999.6, '00:00:01.000'],
		[-5, '00:00:00.000']
	])('%d ms is %s', (ms, text) => expect(clock(ms)).toBe(text));
});

describe('cues', () => {
	const cues = (segments: readonly SpokenSegment[], language = 'en', named = false) =>
		cuesOf(segments, { language, zeroAt: T0, named });

	it('stay until the next one begins, at most as long as slow readers need', () => {
		const [first, second] = cues([
			spoken(1, 'Good morning.', 1_000, 2_000),
			spoken(2, 'This one is long enough that it takes a while to read.', 2_300, 2_900)
		]);
		expect(first).toMatchObject({ startMs: 1_000, endMs: 2_000 });
		expect(second).toMatchObject({ startMs: 2_300, endMs: 5_400 });
	});

	it('give way to the next when speech overlaps, but never flash by', () => {
		expect(
			cues([
				spoken(1, 'One.', 1_000, 4_000),
				spoken(2, 'Two.', 1_100, 4_000),
				spoken(3, 'Three.', 1_200, 4_000)
			]).map(({ startMs, endMs }) => [startMs, endMs])
		).toEqual([
			[1_000, 1_700],
			[1_700, 2_400],
			[2_400, 4_000]
		]);
	});

	it('are in the order of speech, whatever the order of storing', () => {
		expect(
			cues([spoken(2, 'Later.', 5_000, 6_000), spoken(3, 'Sooner.', 1_000, 2_000)]).map(
				({ seq }) => seq
			)
		).toEqual([3, 2]);
	});

	it('share the time of a long caption, cut behind sentences', () => {
		const [first, second, ...rest] = cues([
			spoken(
				1,
				'The harbour was built four hundred years ago by people from the north. ' +
					'Nobody remembers why they came, and nobody has asked them since.',
				0,
				10_000
			)
		]);
		expect(rest).toEqual([]);
		expect(first?.lines).toEqual([
			'The harbour was built four hundred',
			'years ago by people from the north.'
		]);
		expect(second?.startMs).toBe(first?.endMs);
		expect(second?.endMs).toBe(10_000);
	});

	it('name a new speaker where the format has no place for it', () => {
		const segments = [
			spoken(1, 'One.', 0, 1_000, 'Ana'),
			spoken(2, 'Two.', 2_000, 3_000, 'Ana'),
			spoken(3, 'Three.', 4_000, 5_000, 'Ben')
		];
		expect(cues(segments, 'en', true).map(({ lines }) => lines[0])).toEqual([
			'Ana: One.',
			'Two.',
			'Ben: Three.'
		]);
	});

	it('count wide characters as two columns', () => {
		const [cue] = cues(
			[spoken(1, '今天我们在这里讨论人工智能的发展方向和未来的可能性', 0, 3_000)],
			'zh'
		);
		expect(cue?.lines).toHaveLength(2);
	});

	it('leave out what was said before the recording', () => {
		expect(cues([spoken(1, 'Before.', -5_000, -3_000), spoken(2, 'In.', 0, 900)])).toHaveLength(1);
	});
});

describe('WebVTT', () => {
	it('escapes what would be markup and names the speaker by a voice', () => {
		const file = exported(
			transcript([channel([spoken(1, 'a < b && c --> d', 0, 2_000, 'R & D <x>')])]),
			'vtt'
		);
		expect(file).toBe(
			'WEBVTT\n\nNOTE\nPyCon · Main hall\nEnglish (en)\n\n1\n00:00:00.000 --> 00:00:02.000\n' +
				'<v R &amp; D &lt;x&gt;>a &lt; b &amp;&amp; c --&gt; d</v>\n'
		);
	});

	it('does not let a name end the comment', () => {
		const file = exported(
			{ ...transcript([channel([], 'en', 'A --> B')]), event: 'two\n\nlines -->' },
			'vtt'
		);
		expect(file).toBe('WEBVTT\n\nNOTE\ntwo lines → · Main hall\nA → B (en)\n');
	});

	it('stacks channels, each in its own language', () => {
		const file = exported(
			transcript([
				channel([spoken(1, 'Good morning.', 0, 2_000)]),
				channel([spoken(1, 'Bonjour.', 1_000, 3_000)], 'fr', 'Français')
			]),
			'vtt'
		);
		expect(file.split('\n\n').slice(2)).toEqual([
			'1\n00:00:00.000 --> 00:00:01.000\n<lang en>Good morning.</lang>',
			'2\n00:00:01.000 --> 00:00:02.000\n<lang en>Good morning.</lang>\n<lang fr>Bonjour.</lang>',
			'3\n00:00:02.000 --> 00:00:03.000\n<lang fr>Bonjour.</lang>\n'
		]);
	});
});

describe('SRT', () => {
	it('numbers its cues and disarms what players take as commands', () => {
		const file = exported(
			transcript([
				channel([
					spoken(1, 'x <i>y</i> {\\an8} 2 < 3 --> 4', 0, 2_000, 'Ana'),
					spoken(2, 'Two.', 3_000, 4_000, 'Ana')
				])
			]),
			'srt'
		);
		expect(file).toBe(
			'1\n00:00:00,000 --> 00:00:02,000\nAna: x <\u2060i>y<\u2060/i> {\u2060\\an8} 2 < 3 → 4\n\n' +
				'2\n00:00:03,000 --> 00:00:04,000\nTwo.\n'
		);
	});
});

describe('plain text', () => {
	it('lets channels alternate as they spoke', () => {
		const file = exported(
			transcript([
				channel([spoken(1, 'One.', 0, 900, 'Ana'), spoken(2, 'Two.', 61_000, 62_000, 'Ana')]),
				{ ...channel([spoken(1, 'Un.', 500, 900)], 'fr', 'Français'), machine: true }
			]),
			'txt'
		);
		expect(file).toBe(
			'PyCon · Main hall\nEnglish (en)\nFrançais (fr), translated by a machine\n\n' +
				'[00:00:00] English · Ana: One.\n[00:00:00] Français · Un.\n[00:01:01] English · Two.\n'
		);
	});
});

describe('JSON', () => {
	it('keeps every field, and times from zero beside those of the clock', () => {
		const file: unknown = JSON.parse(
			exported(transcript([channel([spoken(7, '"quoted"\u2028', 5, 9, 'Ana')])], null), 'json')
		);
		expect(file).toEqual({
			format: 1,
			event: 'PyCon',
			room: 'Main hall',
			zeroAt: T0 + 5,
			channels: [
				{
					label: 'English',
					language: 'en',
					machine: false,
					segments: [
						{
							seq: 7,
							startMs: 0,
							endMs: 4,
							startedAt: T0 + 5,
							endedAt: T0 + 9,
							speaker: 'Ana',
							text: '"quoted"\u2028'
						}
					]
				}
			]
		});
	});
});

/** Random speech: words of every kind, hostile ones among them, at any time and in any order. */
const word = fc.oneof(
	fc.stringMatching(/^[a-z]{1,14}$/),
	fc.constantFrom(
		'-->',
		'<v Eve>',
		'&lt;',
		'</v>',
		'{\\an8}',
		'NOTE',
		'今天讨论',
		'سلام',
		'Dr.',
		'yes.'
	),
	fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
);
const segment = fc
	.record({
		text: fc.array(word, { minLength: 1, maxLength: 50 }).map((words) => words.join(' ')),
		startMs: fc.integer({ min: 0, max: 600_000 }),
		durationMs: fc.integer({ min: 0, max: 20_000 }),
		speaker: fc.option(fc.oneof(word, fc.constant('Ana')), { nil: null })
	})
	.filter(({ text }) => tidy(text) !== '');
const segments = fc
	.array(segment, { maxLength: 12 })
	.map((all) =>
		all.map(({ text, startMs, durationMs, speaker }, index) =>
			spoken(index + 1, text, startMs, startMs + durationMs + 1, speaker)
		)
	);
const language = fc.constantFrom('en', 'zh', 'ar', 'th');
const squeezed = (text: string): string => text.replace(/\s+/gu, '');

describe('whatever was said', () => {
	it('every word is shown once, in order, in lines that fit, and no two cues at once', () => {
		fc.assert(
			fc.property(segments, language, (all, code) => {
				const cues = cuesOf(all, { language: code, zeroAt: T0, named: false });
				const inOrder = [...all].sort((a, b) => a.startedAt - b.startedAt || a.seq - b.seq);
				expect(squeezed(cues.flatMap(({ lines }) => lines).join(''))).toBe(
					squeezed(inOrder.map(({ text }) => tidy(text)).join(''))
				);
				cues.forEach((cue, index) => {
					expect(cue.endMs - cue.startMs).toBeGreaterThanOrEqual(CUE_MIN_MS);
					expect(cue.startMs).toBeGreaterThanOrEqual(cues[index - 1]?.endMs ?? 0);
					expect(cue.lines.length).toBeLessThanOrEqual(LINES_MAX);
					for (const line of cue.lines) expect(width(line)).toBeLessThanOrEqual(LINE_COLUMNS);
				});
			})
		);
	});

	it('a WebVTT file is one that a strict reader takes, and says the same words', () => {
		fc.assert(
			fc.property(segments, language, (all, code) => {
				const file = exported(transcript([channel(all, code)]), 'vtt');
				const inOrder = [...all].sort((a, b) => a.startedAt - b.startedAt || a.seq - b.seq);
				expect(squeezed(readVtt(file).join(''))).toBe(
					squeezed(inOrder.map(({ text }) => tidy(text)).join(''))
				);
			})
		);
	});

	it('side by side no cue overlaps another and every word of every channel is there', () => {
		fc.assert(
			fc.property(segments, segments, (one, other) => {
				const file = exported(transcript([channel(one), channel(other, 'fr', 'Français')]), 'srt');
				let before = '';
				const blocks = file.split('\n\n').filter((block) => block !== '' && block !== '\n');
				blocks.forEach((block, index) => {
					const [number, times = '', ...lines] = block.trimEnd().split('\n');
					expect(number).toBe(String(index + 1));
					const [from = '', to = ''] = times.split(' --> ');
					expect(from >= before && to > from).toBe(true);
					before = to;
					expect(lines.length).toBeGreaterThan(0);
				});
				for (const [said, code] of [
					[one, 'en'],
					[other, 'fr']
				] as const)
					for (const { lines } of cuesOf(said, { language: code, zeroAt: T0, named: true }))
						for (const piece of lines.flatMap((line) => line.match(/[a-z]+/g) ?? []))
							expect(file).toContain(piece);
			})
		);
	});
});

/** A reader of WebVTT as strict as its specification: everything else is a fault. Answers with the cues' text. */
function readVtt(file: string): string[] {
	const [head, ...blocks] = file.split('\n\n');
	expect(head).toBe('WEBVTT');
	let before = '';
	return blocks
		.filter((block) => block.trim() !== '')
		.flatMap((block) => {
			if (block.startsWith('NOTE\n')) {
				expect(block).not.toContain('-->');
				return [];
			}
			const [id, times = '', ...payload] = block.replace(/\n$/, '').split('\n');
			expect(id).not.toContain('-->');
			const found = /^(\d{2,}:[0-5]\d:[0-5]\d\.\d{3}) --> (\d{2,}:[0-5]\d:[0-5]\d\.\d{3})$/.exec(
				times
			);
			expect(found).not.toBeNull();
			expect((found?.[1] ?? '') >= before).toBe(true);
			before = found?.[1] ?? '';
			const text = payload.join('\n');
			expect(payload.every((line) => line !== '')).toBe(true);
			const inner = /^<v ([^<>\n]+)>([^]*)<\/v>$/.exec(text)?.[2] ?? text;
			expect(inner).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/u);
			return [inner.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')];
		});
}

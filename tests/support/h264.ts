import { ffmpeg } from './ffmpeg.ts';

/** H.264, annex B. */
const START_CODE = Buffer.from([0, 0, 1]);

/** The NAL units of one small key frame (SPS, PPS, slice): enough for a server to see that there is a picture. */
export async function h264KeyFrame(): Promise<Buffer[]> {
	const stream = await ffmpeg([
		...['-f', 'lavfi', '-i', 'color=black:s=64x64:r=1:d=1', '-frames:v', '1'],
		...['-c:v', 'libx264', '-profile:v', 'baseline', '-x264-params', 'sei=0:aud=0:slices=1'],
		...['-bsf:v', 'filter_units=pass_types=5|7|8', '-f', 'h264', 'pipe:1']
	]);
	const units: Buffer[] = [];
	let start = stream.indexOf(START_CODE);
	while (start >= 0) {
		const next = stream.indexOf(START_CODE, start + START_CODE.length);
		let end = next < 0 ? stream.length : next;
		// Some start codes have one more zero byte before them; a unit never ends in one.
		while (end > start && stream[end - 1] === 0) end--;
		units.push(stream.subarray(start + START_CODE.length, end));
		start = next;
	}
	return units;
}

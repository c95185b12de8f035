import { ffmpeg } from './ffmpeg.ts';

/** The NAL units of one small key frame (SPS, PPS, slice): enough for a server to see that there is a picture. */
export async function h264KeyFrame(): Promise<Buffer[]> {
	const stream = await ffmpeg([
		...['-f', 'lavfi', '-i', 'color=black:s=64x64:r=1:d=1', '-frames:v', '1'],
		...['-c:v', 'libx264', '-profile:v', 'baseline', '-x264-params', 'sei=0:aud=0:slices=1'],
		...['-bsf:v', 'filter_units=pass_types=5|7|8', '-f', 'h264', 'pipe:1']
	]);
	// Annex B: units are separated by 00 00 01, with one more zero byte before some.
	return stream
		.toString('latin1')
		.split(/\0{2,3}\x01/)
		.filter((unit) => unit !== '')
		.map((unit) => Buffer.from(unit, 'latin1'));
}

import {
	EXPORT_CONTENT_TYPES,
	exported,
	type ExportFormat,
	type Transcript
} from '#lib/domain/captions/export.ts';

/** A transcript as a download for one person; nobody between may keep it. */
export function transcriptFile(
	transcript: Transcript,
	format: ExportFormat,
	name: string
): Response {
	const file = `${name.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 100)}.${format}`;
	return new Response(exported(transcript, format), {
		headers: {
			'content-type': EXPORT_CONTENT_TYPES[format],
			'content-disposition': `attachment; filename="${file}"`,
			'cache-control': 'private, no-store'
		}
	});
}

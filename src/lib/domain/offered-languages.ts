/**
 * Codes a picker offers; any other well-formed one can be typed. Canonical BCP-47, regional variants where halls ask
 * for them by name. Order is the reader's affair: a picker sorts by name.
 */
export const SPOKEN_LANGUAGES: readonly string[] = (
	'af am ar ar-EG ar-MA as ay az be bg bn bo bs ca ceb ckb cs cy da de de-AT de-CH dv dz ee el en en-AU en-GB ' +
	'en-IN en-US eo es es-419 es-AR es-ES es-MX et eu fa fa-AF ff fi fil fj fo fr fr-BE fr-CA fr-CH fy ga gd gl gn ' +
	'gu ha haw he hi hr ht hu hy id ig is it it-CH ja jv ka kk km ku kn ko kok ky la lb lg ln lo lt lv mai mg mi mk ' +
	'ml mn mr ms mt my ne nl nl-BE nb nn nso ny om or pa pap pcm pl ps pt pt-BR pt-PT qu rm ro rom ru rw sa sc sd si ' +
	'sk sl sm sn so sq sr sr-Latn ss st su sv sw ta te tet tg th ti tk tn to tpi tr ts tt ug uk ur uz ve vi wo xh ' +
	'yi yo yue zh zh-Hans zh-Hant zu'
).split(' ');

/**
 * Sign languages with the name their own people write; tables of language names do not know most of them.
 * `region` is ISO 3166-1, for readers who do not know the name; null for the international one.
 */
export const SIGN_LANGUAGES: readonly {
	readonly code: string;
	readonly name: string;
	readonly region: string | null;
}[] = [
	{ code: 'ase', name: 'American Sign Language (ASL)', region: 'US' },
	{ code: 'asf', name: 'Auslan', region: 'AU' },
	{ code: 'asq', name: 'Österreichische Gebärdensprache (ÖGS)', region: 'AT' },
	{ code: 'bfi', name: 'British Sign Language (BSL)', region: 'GB' },
	{ code: 'bzs', name: 'Língua Brasileira de Sinais (Libras)', region: 'BR' },
	{ code: 'csl', name: '中国手语', region: 'CN' },
	{ code: 'cse', name: 'Český znakový jazyk', region: 'CZ' },
	{ code: 'csc', name: 'Llengua de signes catalana (LSC)', region: 'ES' },
	{ code: 'dse', name: 'Nederlandse Gebarentaal (NGT)', region: 'NL' },
	{ code: 'dsl', name: 'Dansk tegnsprog', region: 'DK' },
	{ code: 'fcs', name: 'Langue des signes québécoise (LSQ)', region: 'CA' },
	{ code: 'fse', name: 'Suomalainen viittomakieli', region: 'FI' },
	{ code: 'fsl', name: 'Langue des signes française (LSF)', region: 'FR' },
	{ code: 'gsg', name: 'Deutsche Gebärdensprache (DGS)', region: 'DE' },
	{ code: 'gss', name: 'Ελληνική Νοηματική Γλώσσα', region: 'GR' },
	{ code: 'ils', name: 'International Sign', region: null },
	{ code: 'ins', name: 'Indian Sign Language', region: 'IN' },
	{ code: 'ise', name: 'Lingua dei segni italiana (LIS)', region: 'IT' },
	{ code: 'isr', name: 'שפת הסימנים הישראלית', region: 'IL' },
	{ code: 'jsl', name: '日本手話', region: 'JP' },
	{ code: 'kvk', name: '한국수어', region: 'KR' },
	{ code: 'mfs', name: 'Lengua de Señas Mexicana (LSM)', region: 'MX' },
	{ code: 'nsl', name: 'Norsk tegnspråk', region: 'NO' },
	{ code: 'nzs', name: 'New Zealand Sign Language', region: 'NZ' },
	{ code: 'psr', name: 'Língua Gestual Portuguesa (LGP)', region: 'PT' },
	{ code: 'pso', name: 'Polski język migowy', region: 'PL' },
	{ code: 'rsl', name: 'Русский жестовый язык', region: 'RU' },
	{ code: 'sgg', name: 'Deutschschweizer Gebärdensprache (DSGS)', region: 'CH' },
	{ code: 'sfs', name: 'South African Sign Language', region: 'ZA' },
	{ code: 'ssp', name: 'Lengua de signos española (LSE)', region: 'ES' },
	{ code: 'swl', name: 'Svenskt teckenspråk', region: 'SE' },
	{ code: 'tsm', name: 'Türk İşaret Dili (TİD)', region: 'TR' },
	{ code: 'ukl', name: 'Українська жестова мова', region: 'UA' },
	{ code: 'vgt', name: 'Vlaamse Gebarentaal (VGT)', region: 'BE' }
];

/** The own name of a sign language, or null for any other code. */
export function signLanguageName(code: string): string | null {
	return SIGN_LANGUAGES.find((each) => each.code === code)?.name ?? null;
}

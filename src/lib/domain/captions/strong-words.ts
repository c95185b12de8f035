/**
 * Words that an event may want hidden, for `wordMask`. A start in the languages most often spoken, not a
 * judgement: organisers add their own, and a word that is harmless in another language is left out.
 */
export const STRONG_WORDS: readonly string[] = (
	'fuck fucking fucked fucker motherfucker shit bullshit shitty asshole bitch bastard cunt wanker twat ' +
	'scheiße scheisse scheiß arschloch wichser fotze hurensohn verpiss ' +
	'merde putain connard connasse enculé salope bordel ' +
	'mierda joder gilipollas puta cabrón coño hijoputa ' +
	'cazzo stronzo vaffanculo puttana coglione ' +
	'caralho foda porra filho-da-puta buceta'
).split(' ');

/** Texts of one language, made by late-messages.config.ts. */
declare module 'virtual:late-messages/*' {
	const table: Readonly<Record<string, (inputs?: object) => string>>;
	export default table;
}

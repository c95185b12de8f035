import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { LivePath } from './live-path.ts';
import type { PacerOf } from './pacer.ts';
import {
	checkPathName,
	DEFAULT_PATH_CONFIG,
	readPathConfig,
	type ConfigCode
} from './path-config.ts';

export type RegistryCode = ConfigCode | 'name_invalid' | 'path_exists' | 'path_missing';

const MAX_PATHS = 10_000;

/** The configured paths. They live in memory; the portal makes them again after a restart. */
export class PathRegistry {
	readonly #paths = new Map<string, LivePath>();
	readonly #pacer: PacerOf<LivePath>;

	constructor(pacer: PacerOf<LivePath>) {
		this.#pacer = pacer;
	}

	get(name: string): LivePath | null {
		return this.#paths.get(name) ?? null;
	}

	/** Sorted by name. */
	list(): LivePath[] {
		return [...this.#paths.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	/** Lets every path look after its publisher; to be called a few times a second. */
	watch(nowMs: number): void {
		for (const path of this.#paths.values()) path.watch(nowMs);
	}

	add(name: string, config: unknown): Result<LivePath, RegistryCode> {
		if (this.#paths.has(name)) return refuse('path_exists', 'path already exists');
		return this.#create(name, config);
	}

	/** Changes the given keys. Nobody is disconnected unless the path is no longer available to them. */
	patch(name: string, config: unknown): Result<LivePath, RegistryCode> {
		const path = this.#paths.get(name);
		if (!path) return refuse('path_missing', 'path configuration not found');
		const read = readPathConfig(config, path.config, name);
		if (!read.ok) return read;
		path.reconfigure(read.value);
		return ok(path);
	}

	/** Creates it, or sets every key anew. */
	replace(name: string, config: unknown): Result<LivePath, RegistryCode> {
		const path = this.#paths.get(name);
		if (!path) return this.#create(name, config);
		const read = readPathConfig(config, DEFAULT_PATH_CONFIG, name);
		if (!read.ok) return read;
		path.reconfigure(read.value);
		return ok(path);
	}

	delete(name: string): Result<null, RegistryCode> {
		const path = this.#paths.get(name);
		if (!path) return refuse('path_missing', 'path configuration not found');
		this.#paths.delete(name);
		path.delete();
		return ok(null);
	}

	#create(name: string, config: unknown): Result<LivePath, RegistryCode> {
		const checked = checkPathName(name);
		if (!checked.ok) return checked;
		if (this.#paths.size >= MAX_PATHS) return refuse('config_invalid', 'too many paths');
		const read = readPathConfig(config, DEFAULT_PATH_CONFIG, name);
		if (!read.ok) return read;
		const path = new LivePath(name, read.value, this.#pacer);
		this.#paths.set(name, path);
		return ok(path);
	}
}

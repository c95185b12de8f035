import { expect, test } from 'vitest';
import { nodeVersionFault } from './node-version.js';

test.each(['20.19.0', '20.20.2', '22.12.0', '22.20.1', '24.0.0', '25.1.0'])(
	'%s will do',
	(version) => {
		expect(nodeVersionFault(version)).toBeNull();
	}
);

test.each(['14.21.3', '18.20.4', '20.18.3', '21.7.3', '22.11.0', '23.11.1'])(
	'%s gets one sentence that says what to do',
	(version) => {
		expect(nodeVersionFault(version)).toMatch(/needs Node 20\.19 .* this is \S+\. Get one from/);
	}
);

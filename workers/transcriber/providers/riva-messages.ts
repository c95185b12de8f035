/**
 * The part of NVIDIA Riva's `nvidia.riva.asr` messages that is spoken here, as a protobuf descriptor in JSON:
 * names and numbers of the public definitions (https://github.com/nvidia-riva/common, riva/proto/riva_asr.proto
 * and riva_audio.proto). Fields left out are skipped by protobuf itself.
 */
export const RIVA_MESSAGES = {
	nested: {
		nvidia: {
			nested: {
				riva: {
					nested: {
						AudioEncoding: { values: { ENCODING_UNSPECIFIED: 0, LINEAR_PCM: 1 } },
						asr: {
							nested: {
								RivaSpeechRecognition: {
									methods: {
										StreamingRecognize: {
											comment: '',
											requestType: 'StreamingRecognizeRequest',
											requestStream: true,
											responseType: 'StreamingRecognizeResponse',
											responseStream: true
										}
									}
								},
								StreamingRecognizeRequest: {
									oneofs: { streamingRequest: { oneof: ['streamingConfig', 'audioContent'] } },
									fields: {
										streamingConfig: { type: 'StreamingRecognitionConfig', id: 1 },
										audioContent: { type: 'bytes', id: 2 }
									}
								},
								StreamingRecognitionConfig: {
									fields: {
										config: { type: 'RecognitionConfig', id: 1 },
										interimResults: { type: 'bool', id: 2 }
									}
								},
								RecognitionConfig: {
									fields: {
										encoding: { type: 'nvidia.riva.AudioEncoding', id: 1 },
										sampleRateHertz: { type: 'int32', id: 2 },
										languageCode: { type: 'string', id: 3 },
										maxAlternatives: { type: 'int32', id: 4 },
										speechContexts: { rule: 'repeated', type: 'SpeechContext', id: 6 },
										audioChannelCount: { type: 'int32', id: 7 },
										enableAutomaticPunctuation: { type: 'bool', id: 11 },
										model: { type: 'string', id: 13 }
									}
								},
								SpeechContext: {
									fields: {
										phrases: { rule: 'repeated', type: 'string', id: 1 },
										boost: { type: 'float', id: 4 }
									}
								},
								StreamingRecognizeResponse: {
									fields: {
										results: { rule: 'repeated', type: 'StreamingRecognitionResult', id: 1 }
									}
								},
								StreamingRecognitionResult: {
									fields: {
										alternatives: { rule: 'repeated', type: 'SpeechRecognitionAlternative', id: 1 },
										isFinal: { type: 'bool', id: 2 },
										stability: { type: 'float', id: 3 }
									}
								},
								SpeechRecognitionAlternative: {
									fields: {
										transcript: { type: 'string', id: 1 },
										confidence: { type: 'float', id: 2 }
									}
								}
							}
						}
					}
				}
			}
		}
	}
};

import { mediaServerContract } from './contract.ts';
import { startEmbedded } from './start-embedded.ts';

mediaServerContract('the embedded media server', startEmbedded, startEmbedded);

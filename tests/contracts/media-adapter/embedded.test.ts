import { startEmbedded } from '../media-server/start-embedded.ts';
import { mediaAdapterContract } from './contract.ts';

mediaAdapterContract('the embedded media server', startEmbedded);

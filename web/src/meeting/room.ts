import { Room, ScreenSharePresets, VideoPresets, type RoomOptions } from 'livekit-client';
import { cameraCapture, micCapture } from '../device/capture';
import type { Choices } from '../device/choices';
import { PatientReconnectPolicy } from './reconnect';

/** How long one attempt may take. Short, because the next attempt follows at once and a lost SYN waits ever longer. */
export const connectWithin = { websocketTimeout: 4_000, peerConnectionTimeout: 12_000, maxRetries: 0 };

export function newRoom(choices: Choices): Room {
  const options: RoomOptions = {
    // The bridge sends only the size that is on screen, and cameras encode only what somebody watches.
    adaptiveStream: true,
    dynacast: true,
    reconnectPolicy: new PatientReconnectPolicy(),
    videoCaptureDefaults: cameraCapture(choices.camera),
    audioCaptureDefaults: micCapture(choices.mic),
    publishDefaults: {
      simulcast: true,
      videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360],
      screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
      red: true,
      dtx: true,
    },
    ...(choices.speaker === '' ? {} : { audioOutput: { deviceId: choices.speaker } }),
  };
  return new Room(options);
}

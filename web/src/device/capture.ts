import { VideoPresets, type AudioCaptureOptions, type VideoCaptureOptions } from 'livekit-client';
import { movable } from './ptz';

/** A remembered device that is gone must not keep a room out: `ideal` lets the browser fall back to another. */
function wished(id: string): { deviceId?: { ideal: string } } {
  return id === '' ? {} : { deviceId: { ideal: id } };
}

export function cameraCapture(id: string): VideoCaptureOptions {
  return { ...wished(id), ...movable, resolution: VideoPresets.h720.resolution };
}

export function micCapture(id: string): AudioCaptureOptions {
  return { ...wished(id), echoCancellation: true, noiseSuppression: true, autoGainControl: true };
}

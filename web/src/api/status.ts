import type { components } from './schema';
import { get } from './call';

/** How it stands with the bridge itself, for technicians. */
export type Status = components['schemas']['Status'];
export type Alarm = components['schemas']['Fault'];
export type Outlet = components['schemas']['Outlet'];

export const fetchStatus = async (): Promise<Status> => get('/api/status');

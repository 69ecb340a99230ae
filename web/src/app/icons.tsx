import type { ReactNode } from 'react';

const shapes = {
  mic: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </>
  ),
  micOff: (
    <>
      <path d="M9 9v2a3 3 0 0 0 4.8 2.4M15 10.5V6a3 3 0 0 0-5.8-1M5.5 11.5a6.5 6.5 0 0 0 10.6 5M18.5 11.5c0 .9-.2 1.7-.5 2.5M12 18v3" />
      <path d="M4 3l17 18" />
    </>
  ),
  camera: (
    <>
      <rect x="3" y="6.5" width="12.5" height="11" rx="2" />
      <path d="M15.5 11l5.5-3v8l-5.5-3" />
    </>
  ),
  cameraOff: (
    <>
      <path d="M9 6.5h4.5a2 2 0 0 1 2 2V13M15.5 16.5a2 2 0 0 1-1.5 1H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 1.8-2M15.5 11l5.5-3v8l-3-1.6" />
      <path d="M3 3l18 18" />
    </>
  ),
  aim: (
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="M12 3v3.5M12 17.5V21M3 12h3.5M17.5 12H21M9.8 5.2L12 3l2.2 2.2M9.8 18.8L12 21l2.2-2.2M5.2 9.8L3 12l2.2 2.2M18.8 9.8L21 12l-2.2 2.2" />
    </>
  ),
  share: (
    <>
      <rect x="3" y="4.5" width="18" height="12" rx="1.5" />
      <path d="M8.5 20h7M12 13.5v-6M9.3 9.8L12 7.2l2.7 2.6" />
    </>
  ),
  shareStop: (
    <>
      <rect x="3" y="4.5" width="18" height="12" rx="1.5" />
      <path d="M8.5 20h7M9.5 8l5 5M14.5 8l-5 5" />
    </>
  ),
  layout: (
    <>
      <rect x="3" y="4" width="18" height="16" rx="1.5" />
      <path d="M14.5 4v16M14.5 9.3H21M14.5 14.6H21" />
    </>
  ),
  expand: <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />,
  shrink: <path d="M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5" />,
  devices: <path d="M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4" />,
  keys: (
    <>
      <rect x="2.5" y="6" width="19" height="12" rx="1.5" />
      <path d="M6 10h.01M9 10h.01M12 10h.01M15 10h.01M18 10h.01M7.5 14h9" />
    </>
  ),
  leave: <path d="M14 4H6.5A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20H14M10.5 12H21M17.5 8.5L21 12l-3.5 3.5" />,
  sound: <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />,
  chat: <path d="M4 5h16v11.5H10.5L6 20.2v-3.7H4zM8 9.2h8M8 12.5h5" />,
  paper: <path d="M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12.5h7M9 16.5h7" />,
  pointer: <path d="M5.5 4l13 7.2-5.6 1.6-2.6 5.4z" />,
  close: <path d="M5.5 5.5l13 13M18.5 5.5l-13 13" />,
  warning: <path d="M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 24 }: { readonly name: IconName; readonly size?: number | string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  );
}

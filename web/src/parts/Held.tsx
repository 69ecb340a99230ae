import type { ReactNode } from 'react';
import classes from './Held.module.css';

/** What lies in it may be looked at, and is out of reach for who holds no right to it: the bridge would refuse. */
export function Held({ may, children }: { readonly may: boolean; readonly children: ReactNode }) {
  return (
    <fieldset className={classes.held} disabled={!may}>
      {children}
    </fieldset>
  );
}

import type { ReactNode } from 'react';
import classes from './Home.module.css';

/** One thing that is waited for, and what to do about it. */
export function Asked({ title, text, children }: { readonly title: string; readonly text: string; readonly children: ReactNode }) {
  return (
    <article className={classes.asked} data-testid="asked">
      <h3 className={classes.askedTitle}>{title}</h3>
      <p className={classes.askedText}>{text}</p>
      <div className={classes.acts}>{children}</div>
    </article>
  );
}

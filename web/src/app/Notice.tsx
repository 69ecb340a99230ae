import type { ReactNode } from 'react';
import classes from './Notice.module.css';

/** A page that says one thing. */
export function Notice(props: { readonly title: string; readonly text?: string; readonly children?: ReactNode }) {
  return (
    <main className={classes.page}>
      <section className={classes.sheet} aria-live="polite">
        <h1 className={classes.title}>{props.title}</h1>
        {props.text !== undefined && <p className={classes.text}>{props.text}</p>}
        {props.children !== undefined && <div className={classes.actions}>{props.children}</div>}
      </section>
    </main>
  );
}

import classes from './LowerThird.module.css';

/** The lines under a picture: who is honoured with what, who speaks. They stay where they are while they change (CON-16). */
export function LowerThird({ lines }: { readonly lines: readonly string[] }) {
  const [name = '', ...rest] = lines;
  if (name === '') return null;
  return (
    <div className={classes.place} aria-live="polite">
      <p className={classes.band} data-testid="lower-third">
        <strong>{name}</strong>
        {rest.map((line) => (
          <span key={line}>{line}</span>
        ))}
      </p>
    </div>
  );
}

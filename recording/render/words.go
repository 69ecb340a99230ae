package render

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/recording/caption"
)

// Words is what is spoken, written down by a command: no file of pictures, but a
// transcript that is attached to the recording and found by the search.
const Words Layout = "words"

// CodeNoScribe tells that nobody has configured a command that writes down what is spoken.
const CodeNoScribe meeting.Code = "transcription.off"

// Scribe is a command that makes captions from sound. It is run offline, at the lowest
// priority, with few threads, and is ended when it takes too long or says too much.
type Scribe struct {
	// Command is a program and its arguments. In them {sound} is a WAV file (16 kHz,
	// one channel), {language} the language, {threads} how many it may use. WebVTT or
	// SubRip is what it prints.
	Command  []string
	Language string
	// Slowest is how many times the length of the sound it may take; at least a minute.
	Slowest float64
	// Attach gives the recording what was written down.
	Attach func(ctx context.Context, j Job, cues []caption.Cue, sum string) error

	least time.Duration // graceful if 0
}

// On reports whether there is such a command.
func (s *Scribe) On() bool { return len(s.Command) > 0 && s.Attach != nil }

// What is wrong with what a scribe gave.
var (
	errSlow    = errors.New("render: the command took too long")
	errScribe  = errors.New("render: the command failed")
	errNoWords = errors.New("render: the command printed no captions")
)

// graceful is how long the shortest sound may take.
const graceful = time.Minute

// words writes down what is spoken in all of a recording.
func (m *making) words(ctx context.Context) error {
	sound := filepath.Join(m.dir, "spoken.wav")
	if err := m.wav(ctx, sound); err != nil {
		return err
	}
	m.q.progress(m.job.ID, 0.1) // how long the rest takes, nobody knows
	text, err := m.dictate(ctx, sound)
	if err != nil {
		return err
	}
	cues, err := caption.Read(text)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoWords, err)
	}
	for len(cues) > 0 && cues[len(cues)-1].At >= m.item.Length {
		cues = cues[:len(cues)-1] // what some programs hear behind the end
	}
	if len(cues) == 0 {
		return errNoWords
	}
	out := m.q.out(m.job)
	if err := os.WriteFile(out, caption.VTT(cues), 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	sum := sha256.Sum256(text)
	if err := m.q.Scribe.Attach(ctx, m.job, cues, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	m.q.made(m.job, hex.EncodeToString(sum[:]), "", info.Size(), m.item.About.Encrypted)
	return nil
}

// wav mixes all voices as recognisers of speech want them.
func (m *making) wav(ctx context.Context, out string) error {
	if err := m.room(); err != nil {
		return err
	}
	inputs, args, err := voices(m.cuts, &m.item, 0, m.item.Length, m.dir)
	if err != nil {
		return err
	}
	defer func() {
		for _, in := range inputs {
			_ = os.Remove(in.file) // only its space is lost otherwise
		}
	}()
	if len(inputs) == 0 {
		return errNoWords
	}
	args = append(args, "-filter_complex", soundGraph(0, m.item.Length, inputs), "-map", "[a]", "-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le", "-f", "wav", out)
	return m.run(ctx, args)
}

// bounded keeps what is written up to a size; beyond it, whoever writes is ended.
type bounded struct {
	text []byte
	most int
	full bool
	end  func()
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(b.text)+len(p) > b.most {
		b.full = true
		b.end()
		return 0, caption.ErrTooLarge
	}
	b.text = append(b.text, p...)
	return len(p), nil
}

// last keeps the end of what is written.
type last struct{ text []byte }

func (l *last) Write(p []byte) (int, error) {
	const kept = 500
	l.text = append(l.text, p...)
	l.text = l.text[max(0, len(l.text)-kept):]
	return len(p), nil
}

// dictate runs the command. It gets no secret: neither the bridge's environment nor its
// folder.
func (m *making) dictate(ctx context.Context, sound string) ([]byte, error) {
	s := &m.q.Scribe
	within := max(cmp.Or(s.least, graceful), time.Duration(float64(m.item.Length)*s.Slowest)*time.Millisecond)
	timed, stop := context.WithTimeout(ctx, within)
	defer stop()
	threads := strconv.Itoa(m.q.Threads)
	fill := strings.NewReplacer("{sound}", sound, "{language}", s.Language, "{threads}", threads)
	all := make([]string, len(s.Command))
	for i, arg := range s.Command {
		all[i] = fill.Replace(arg)
	}
	if nice, err := exec.LookPath("nice"); err == nil {
		all = append([]string{nice, "-n", "19"}, all...)
	}
	cmd := exec.CommandContext(timed, all[0], all[1:]...) //nolint:gosec // the operator configures the command
	cmd.Dir = m.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.dir, "TMPDIR=" + m.dir, "LANG=C.UTF-8", "OMP_NUM_THREADS=" + threads}
	out, said := &bounded{most: caption.LargestFile, end: stop}, &last{}
	cmd.Stdout, cmd.Stderr = out, said
	cmd.WaitDelay = 5 * time.Second
	alone(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case out.full:
		return nil, fmt.Errorf("%w: %w", errNoWords, caption.ErrTooLarge)
	case timed.Err() != nil:
		return nil, errSlow
	case err != nil:
		return nil, fmt.Errorf("%w: %w: %s", errScribe, err, said.text)
	}
	return out.text, nil
}

// Package bucket keeps copies of sealed recordings in a store of objects: a
// bucket of any server that speaks S3, or a folder on another disk. A recording
// has the name of its folder there, its manifest comes last, so what has one is
// whole; and what was sent is read back and compared with the manifest before it
// counts as kept. Wrapped keys of encrypted recordings are never sent: whoever
// takes the one must not have the other.
//
// It starts no goroutine of its own. A server is waited for as long as bytes move
// and no longer, and a request that failed for a reason that may pass is tried two
// times more at once (Patience); after that who calls decides when to try again.
// Erase is for a disposal that people have decided on.
package bucket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"

	"diemcau/internal/outward"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
)

// The errors of a bucket. All others say that the store could not be reached or
// refused.
var (
	// ErrChanged tells that a recording is not what was sealed, here or there.
	ErrChanged = errors.New("not what was sealed")
	// ErrMissing tells that the store does not have a recording.
	ErrMissing = errors.New("not in the store")
)

// Settings are which store, and who we are to it.
type Settings struct {
	Folder string // a store in a folder; the rest does not matter then

	Endpoint string // of a server that speaks S3, "https://s3.example.vn"
	Region   string // "us-east-1" when empty: most servers of one's own ignore it
	Name     string // of the bucket
	Prefix   string // before the names of recordings, without slash at the end
	Access   string
	Secret   string
	Client   *http.Client // nil is one that asks no proxy and follows no redirect
	Patience Patience     // with a server

	// Pace is told how many bytes were just moved and returns when the next may be,
	// or why none shall be; nil moves them as fast as it goes.
	Pace func(ctx context.Context, n int) error
}

// Bucket is an open store. Its methods may be called from any goroutine.
type Bucket struct {
	blobs  *blob.Bucket
	folder string
	pace   func(ctx context.Context, n int) error
}

// dialWithin is how long a connection to a server may take to come about.
const dialWithin = 10 * time.Second

// Open prepares the store; a server is asked for nothing yet.
func Open(ctx context.Context, s Settings) (*Bucket, error) {
	b := &Bucket{folder: s.Folder, pace: s.Pace}
	if b.pace == nil {
		b.pace = func(ctx context.Context, _ int) error { return ctx.Err() }
	}
	var err error
	if s.Folder != "" {
		b.blobs, err = fileblob.OpenBucket(s.Folder, &fileblob.Options{
			CreateDir: true, DirFileMode: 0o750, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
		})
	} else {
		b.blobs, err = openS3(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	if s.Prefix != "" && s.Folder == "" {
		b.blobs = blob.PrefixedBucket(b.blobs, strings.Trim(s.Prefix, "/")+"/")
	}
	return b, nil
}

func openS3(ctx context.Context, s Settings) (*blob.Bucket, error) {
	if s.Endpoint == "" || s.Name == "" || s.Access == "" || s.Secret == "" {
		return nil, errors.New("a store needs endpoint, bucket, access key and secret key")
	}
	if s.Region == "" {
		s.Region = "us-east-1"
	}
	if s.Client == nil {
		s.Client = &http.Client{
			Transport: &http.Transport{
				DialContext:         (&net.Dialer{Timeout: dialWithin, Control: outward.Control}).DialContext,
				TLSHandshakeTimeout: dialWithin, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	s.Patience = s.Patience.complete()
	watched := *s.Client
	if watched.Transport == nil {
		watched.Transport = http.DefaultTransport
	}
	watched.Transport = patient{watched.Transport, s.Patience}
	// Nothing is read from files or the network to find out who we are: a store is
	// named in the configuration, and nobody else is asked.
	client := s3.New(s3.Options{
		Region: s.Region, BaseEndpoint: aws.String(s.Endpoint), UsePathStyle: true, HTTPClient: &watched,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.Access, SecretAccessKey: s.Secret, Source: "configuration"}, nil
		}),
		Retryer: s.Patience.retryer(),
		// Servers of other makers need not know the newest checksums; each object is
		// read back and compared anyway.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
	return s3blob.OpenBucket(ctx, client, s.Name, &s3blob.Options{
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
}

// Close lets go of the store.
func (b *Bucket) Close() error { return b.blobs.Close() }

// partSize is how much of a file is held in memory on its way to a server.
const partSize = 8 << 20

// Send copies the sealed recording in dir under a name, reads it back and
// compares. What is there already and sound is not sent again. It returns how many
// bytes the recording has. Without an error the store has it.
func (b *Bucket) Send(ctx context.Context, dir, name string) (int64, error) {
	m, err := archive.SealOf(dir, nil)
	if err != nil {
		return 0, fmt.Errorf("bucket: %s: %w: %w", name, ErrChanged, err)
	}
	files, err := sealedFiles(dir, m)
	if err != nil {
		return 0, fmt.Errorf("bucket: %s: %w", name, err)
	}
	var all int64
	for _, f := range files {
		if err := b.send(ctx, dir, name, f); err != nil {
			return all, fmt.Errorf("bucket: %s/%s: %w", name, f.Name, err)
		}
		all += f.Size
	}
	if b.folder != "" {
		if err := syncTree(b.folder, name); err != nil {
			return all, fmt.Errorf("bucket: %s: %w", name, err)
		}
	}
	return all, nil
}

// sealedFiles are the files of a sealed folder in the order in which they go: the
// manifest last.
func sealedFiles(dir string, m evidence.Manifest) ([]evidence.File, error) {
	files := slices.Clone(m.Files)
	for _, name := range []string{archive.SignatureName, archive.StampName, archive.ManifestName} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) && name == archive.StampName {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, evidence.File{Name: name, Size: int64(len(b)), SHA256: sum(b)})
	}
	return files, nil
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// send brings one file to the store, unless it is there.
func (b *Bucket) send(ctx context.Context, dir, name string, f evidence.File) error {
	if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
		return ErrChanged
	}
	switch is, err := b.hash(ctx, name, f.Name); {
	case err == nil && is == f.SHA256:
		return nil
	case err != nil && !errors.Is(err, ErrMissing):
		return err
	}
	in, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Name)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	defer in.Close()
	writing, cancel := context.WithCancel(ctx)
	defer cancel() // before Close it takes back what was written
	out, err := b.blobs.NewWriter(writing, path.Join(name, f.Name), &blob.WriterOptions{
		ContentType: "application/octet-stream", BufferSize: partSize, MaxConcurrency: 1,
	})
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(out, io.TeeReader(b.paced(ctx, in), h))
	if err == nil && hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		err = ErrChanged
	}
	if err != nil {
		cancel()
		_ = out.Close() // says that it was taken back
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	if is, err := b.hash(ctx, name, f.Name); err != nil {
		return err
	} else if is != f.SHA256 {
		return errors.New("the store gives back something else than it was sent")
	}
	return nil
}

// hash reads an object and returns its SHA-256.
func (b *Bucket) hash(ctx context.Context, name, file string) (string, error) {
	h := sha256.New()
	if err := b.copy(ctx, h, name, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (b *Bucket) copy(ctx context.Context, to io.Writer, name, file string) error {
	in, err := b.blobs.NewReader(ctx, path.Join(name, file), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it is read to its end, or its error is told
	_, err = io.Copy(to, b.paced(ctx, in))
	return err
}

type pacedReader struct {
	io.Reader
	ctx  context.Context
	pace func(ctx context.Context, n int) error
}

func (b *Bucket) paced(ctx context.Context, r io.Reader) io.Reader {
	return pacedReader{r, ctx, b.pace}
}

// Read implements io.Reader.
func (r pacedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n > 0 {
		if wait := r.pace(r.ctx, n); wait != nil {
			return n, wait
		}
	}
	return n, err
}

package main

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// What a backup is made of: a zip of these three, the manifest first.
const (
	manifestName   = "manifest.json"
	backupMap      = "map.gpkg"
	backupPrivate  = "map.app.db"
	backupFormat   = 1 // of the manifest
	backupDigests  = 2 // of ledger.Digest: a number more whenever a kind is added or shown otherwise
	manifestLimit  = 1 << 20
	backupFileMode = 0o600 // it holds accounts and people's telephone numbers
)

// manifest is what a backup says of itself.
type manifest struct {
	Format  int           `json:"format"`
	Program string        `json:"program"`
	MadeAt  time.Time     `json:"made_at"`
	From    string        `json:"from"` // without a password
	Seq     gridmap.Seq   `json:"seq"`
	Edition int64         `json:"edition"`
	Digests int           `json:"digests"`
	Kinds   ledger.Digest `json:"kinds"`
	Files   []backupFile  `json:"files"`
}

// backupFile is one file of a backup, as it is outside of the zip.
type backupFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// backedUp is what `cloudgrid backup --json` prints.
type backedUp struct {
	Out      string   `json:"out"`
	Bytes    int64    `json:"bytes"`
	Manifest manifest `json:"manifest"`

	AuditAside int64 `json:"audit_aside,omitempty"` // lines that the store has beside its chain: they are not in it
}

func newBackupCmd(c *console) *cobra.Command {
	var store, out string
	cmd := &cobra.Command{
		Use:   "backup --store STORE --out FILE",
		Short: "write a whole store into one verified file",
		Long: `backup writes one state of a store, with all its history and what is kept beside
the map, into one zip file: a GeoPackage, its private file, and a manifest with
their checksums. A server may go on meanwhile. The file is read back and compared
before it gets its name. It holds accounts and telephone numbers: keep it where
the store itself would be safe.`,
		Example: `  cloudgrid backup --store gpkg:cloudgrid.gpkg --out backup/cloudgrid-2026-03-01.zip
  cloudgrid backup --store postgres://cloudgrid@localhost/grid --out grid.zip`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := backup(cmd.Context(), store, out, time.Now())
			if err != nil {
				return err
			}
			c.sayKinds(result.Manifest.Kinds)
			c.sayAside(result.AuditAside)
			c.sayf("已备份并核对: %s, %d 字节, 第 %d 版, 修改 %d (backed up and verified)", result.Out, result.Bytes, result.Manifest.Edition, result.Manifest.Seq)
			return c.printJSON(result)
		},
	}
	storeFlag(cmd, &store)
	cmd.Flags().StringVar(&out, "out", "", "the file to write; it must not exist")
	_ = cmd.MarkFlagRequired("out") // fails only for a flag that is not there
	return cmd
}

func backup(ctx context.Context, store, out string, now time.Time) (result backedUp, err error) {
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		return result, gridmap.Errorf(gridmap.Conflict, "%s 已存在，备份不覆盖文件 (the file exists; a backup overwrites none)", out)
	}
	folder, err := os.MkdirTemp(filepath.Dir(out), ".cloudgrid-backup-*") // where the room is
	if err != nil {
		return result, gridmap.Errorf(gridmap.Unavailable, "--out: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var filled copied
	if err := fillStore(ctx, store, "gpkg:"+filepath.Join(folder, backupMap), &filled); err != nil {
		return result, err
	}
	m := manifest{
		Format: backupFormat, Program: version, MadeAt: now.UTC().Truncate(time.Second), From: storeName(store),
		Seq: filled.Seq, Edition: filled.Edition, Digests: backupDigests, Kinds: filled.Kinds,
	}
	for _, name := range []string{backupMap, backupPrivate} {
		f, err := describe(filepath.Join(folder, name), name)
		if err != nil {
			return result, err
		}
		m.Files = append(m.Files, f)
	}
	part := filepath.Join(folder, "backup.zip")
	if err := writeBackup(part, folder, m); err != nil {
		return result, gridmap.Errorf(gridmap.Unavailable, "写备份失败 (writing the backup): %w", err)
	}
	check := filepath.Join(folder, "check")
	if err := os.Mkdir(check, 0o700); err != nil {
		return result, err
	}
	if _, err := unpack(part, check); err != nil {
		return result, err
	}
	info, err := os.Stat(part)
	if err != nil {
		return result, err
	}
	if err := os.Link(part, out); err != nil { // unlike a rename it overwrites nothing
		if errors.Is(err, fs.ErrExist) {
			return result, gridmap.Errorf(gridmap.Conflict, "%s 已存在，备份不覆盖文件 (the file exists; a backup overwrites none)", out)
		}
		if err := os.Rename(part, out); err != nil { // a file system without links
			return result, err
		}
	}
	return backedUp{Out: out, Bytes: info.Size(), Manifest: m, AuditAside: filled.AuditAside}, syncFolder(filepath.Dir(out))
}

// describe sums up a file.
func describe(path, name string) (backupFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return backupFile{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return backupFile{Name: name, Bytes: n, SHA256: hexOf(sum)}, err
}

func hexOf(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// writeBackup writes the zip and sees it onto the disk.
func writeBackup(path, folder string, m manifest) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, backupFileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := zip.NewWriter(f)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	w, err := z.Create(manifestName)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, file := range m.Files {
		if err := zipFile(z, filepath.Join(folder, file.Name), file.Name, m.MadeAt); err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), f.Sync())
}

func zipFile(z *zip.Writer, path, name string, at time.Time) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// unpack checks a backup and lays its files into a folder. What is not the file
// that the manifest promises, to the byte, is refused; names in the zip decide
// nothing about where files go.
func unpack(path, folder string) (m manifest, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return m, badBackup(path, "不是 zip 文件或已损坏 (no zip file, or damaged): %v", err)
	}
	defer z.Close() //nolint:errcheck // read only
	if m, err = readManifest(&z.Reader, path); err != nil {
		return m, err
	}
	for _, want := range m.Files {
		if err := unpackFile(&z.Reader, want, filepath.Join(folder, want.Name)); err != nil {
			return m, badBackup(path, "%s: %v", want.Name, err)
		}
	}
	return m, nil
}

func readManifest(z *zip.Reader, path string) (m manifest, err error) {
	f, err := z.Open(manifestName)
	if err != nil {
		return m, badBackup(path, "没有清单 (no manifest)")
	}
	defer f.Close() //nolint:errcheck // read only
	if err := json.NewDecoder(io.LimitReader(f, manifestLimit)).Decode(&m); err != nil {
		return m, badBackup(path, "清单无法读取 (the manifest cannot be read): %v", err)
	}
	if m.Format != backupFormat {
		return m, badBackup(path, "格式 %d 不是本程序所懂的 %d，请换用对应版本 (another format)", m.Format, backupFormat)
	}
	if len(m.Files) != 2 || m.Files[0].Name != backupMap || m.Files[1].Name != backupPrivate {
		return m, badBackup(path, "清单所列文件不对 (not the files of a backup)")
	}
	return m, nil
}

func unpackFile(z *zip.Reader, want backupFile, to string) (err error) {
	in, err := z.Open(want.Name)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // read only
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, backupFileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(in, want.Bytes+1))
	switch {
	case err != nil:
		return err
	case n != want.Bytes || hexOf(sum) != want.SHA256:
		return fmt.Errorf("内容与清单的校验和不符 (not what the manifest promises)")
	}
	return nil
}

func badBackup(path, format string, args ...any) error {
	return gridmap.Errorf(gridmap.Invalid, "备份 %s: %s", path, fmt.Sprintf(format, args...))
}

/* Loaded before libc (LD_PRELOAD): counts the calls that change a file below a folder, and lets the n-th one meet a fault.

   Nothing happens until `arm` is called, so a process may import what it needs first, and the children that it starts
   run undisturbed. Calls on the files of SQLite count as all others. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, KILL, FAIL, SHORT };  /* SHORT: the first half of the bytes is written, as on a disk that runs full */

static char root[4096];
static size_t length;
static long at, seen;
static int fault, number, sticky, log_file = -1;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void arm(const char *folder, int kind, long point, int error, int stays, const char *log) {
  strncpy(root, folder, sizeof root - 1);
  length = strlen(root);
  fault = kind, at = point, number = error, sticky = stays, seen = 0;
  if (*log) log_file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static int below(const char *path) { return length && path && !strncmp(path, root, length); }

static int of_file(int file, char *path) {
  char name[64];
  if (!length || file < 3 || file == log_file) return 0;
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t size = readlink(name, path, 4095);
  if (size <= 0) return 0;
  path[size] = 0;
  return below(path);
}

static int of_folder(int folder, const char *name, char *path) {
  if (!length) return 0;
  if (*name == '/' || folder == AT_FDCWD) { snprintf(path, 4096, "%s", name); return below(path); }
  char up[4096];
  if (!of_file(folder, up)) return 0;
  snprintf(path, 4096, "%.2000s/%.2000s", up, name);
  return 1;
}

/* What the call shall do: 0 as ever, 1 fail, 2 write the first half. */
static int meets(const char *call, const char *path) {
  int writes = !strncmp(call, "write", 5);
  seen++;
  if (log_file >= 0) {
    char line[4400];
    int size = snprintf(line, sizeof line, "%s %s\n", call, path + length);
    REAL(write);
    if (real(log_file, line, (size_t)size) < 0) abort();
  }
  if (fault == COUNT || seen < at || (seen > at && !sticky)) return 0;
  if (fault == KILL) { kill(getpid(), SIGKILL); pause(); }
  if (number == ENOSPC && (!strcmp(call, "unlink") || !strcmp(call, "rmdir") || !strcmp(call, "cut"))) return 0;
  if (fault == SHORT && seen == at) return writes ? 2 : 0;
  errno = number;
  return 1;
}

#define CHANGES(call, path) (below(path) && meets(call, path) == 1)

int rename(const char *from, const char *to) { REAL(rename); return CHANGES("rename", to) ? -1 : real(from, to); }
int renameat(int a, const char *from, int b, const char *to) {
  REAL(renameat); char path[4096];
  return of_folder(b, to, path) && CHANGES("rename", path) ? -1 : real(a, from, b, to);
}
int link(const char *from, const char *to) { REAL(link); return CHANGES("link", to) ? -1 : real(from, to); }
int unlink(const char *path) { REAL(unlink); return CHANGES("unlink", path) ? -1 : real(path); }
int rmdir(const char *path) { REAL(rmdir); return CHANGES("rmdir", path) ? -1 : real(path); }
int unlinkat(int folder, const char *name, int flags) {
  REAL(unlinkat); char path[4096];
  const char *call = flags & AT_REMOVEDIR ? "rmdir" : "unlink";
  return of_folder(folder, name, path) && CHANGES(call, path) ? -1 : real(folder, name, flags);
}
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return CHANGES("mkdir", path) ? -1 : real(path, mode); }
int truncate64(const char *path, off64_t size) { REAL(truncate64); return CHANGES("cut", path) ? -1 : real(path, size); }
int truncate(const char *path, off_t size) { REAL(truncate); return CHANGES("cut", path) ? -1 : real(path, size); }

#define OF_FILE(call) char path[4096]; int what = of_file(file, path) ? meets(call, path) : 0; if (what == 1) return -1

int ftruncate64(int file, off64_t size) { REAL(ftruncate64); OF_FILE("cut"); return real(file, size); }
int ftruncate(int file, off_t size) { REAL(ftruncate); OF_FILE("cut"); return real(file, size); }
int fsync(int file) { REAL(fsync); OF_FILE("fsync"); return real(file); }
int fdatasync(int file) { REAL(fdatasync); OF_FILE("fsync"); return real(file); }

#define HALF(size) (what == 2 && (size) > 1 ? (size) / 2 : (size))

ssize_t write(int file, const void *data, size_t size) { REAL(write); OF_FILE("write"); return real(file, data, HALF(size)); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t place) {
  REAL(pwrite64); OF_FILE("write"); return real(file, data, HALF(size), place);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t place) {
  REAL(pwrite); OF_FILE("write"); return real(file, data, HALF(size), place);
}
ssize_t writev(int file, const struct iovec *parts, int count) { REAL(writev); OF_FILE("write"); return real(file, parts, count); }

/* Opening counts where it makes or empties a file. */
#define OPENS(path) ((flags & (O_CREAT | O_TRUNC)) && below(path) && (access(path, F_OK) || (flags & O_TRUNC)))
#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
  REAL(open); MODE
  return OPENS(path) && meets("open", path) == 1 ? -1 : real(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  REAL(open64); MODE
  return OPENS(path) && meets("open", path) == 1 ? -1 : real(path, flags, mode);
}
int openat(int folder, const char *name, int flags, ...) {
  REAL(openat); MODE
  char path[4096];
  return of_folder(folder, name, path) && OPENS(path) && meets("open", path) == 1 ? -1 : real(folder, name, flags, mode);
}
int openat64(int folder, const char *name, int flags, ...) {
  REAL(openat64); MODE
  char path[4096];
  return of_folder(folder, name, path) && OPENS(path) && meets("open", path) == 1 ? -1 : real(folder, name, flags, mode);
}

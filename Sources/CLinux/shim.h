// libc's own headers that the Glibc module leaves out. No code.
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/socket.h>
#include <sys/un.h>

// Declared only under _GNU_SOURCE.
struct sockaddr;
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(unsigned long thread, const char *name);

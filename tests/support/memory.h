/* memory.h: how much memory the server takes for something. */
#pragma once

/* The most bytes that were in use at once since memory_watch(), beyond those of then.  With AddressSanitizer,
 * which keeps what was freed for a while, bytes allocated and not freed; otherwise VmHWM. */
void memory_watch(void);
long memory_peak(void);

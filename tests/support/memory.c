/* memory.c: how much memory the server takes for something. */
#include "support/memory.h"
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>

#ifdef __SANITIZE_ADDRESS__

/* Of libasan (sanitizer/allocator_interface.h, which not every compiler's package has). */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *memory);

static atomic_long in_use, most;

static void on_malloc(const volatile void *memory, size_t size)
{
    long now = memory ? atomic_fetch_add(&in_use, (long)size) + (long)size : 0;
    long before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now))
        continue;
}

static void on_free(const volatile void *memory)
{
    if (memory)
        atomic_fetch_sub(&in_use, (long)__sanitizer_get_allocated_size(memory));
}

void memory_watch(void)
{
    static bool installed;
    if (!installed)
        installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    cr_assert(installed);
    atomic_store(&in_use, 0);
    atomic_store(&most, 0);
}

long memory_peak(void)
{
    return atomic_load(&most);
}

#else

static long before;

static long most_ever(void)
{
    char line[256];
    long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1)
            break;
    if (file)
        fclose(file);
    cr_assert(kilobytes > 0);
    return kilobytes * 1024;
}

void memory_watch(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    cr_assert(file && fputs("5", file) > 0); /* VmHWM from now on */
    fclose(file);
    before = most_ever();
}

long memory_peak(void)
{
    return most_ever() - before;
}
#endif

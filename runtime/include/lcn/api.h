// LCN_API marks what a shared library of lcn exports; everything else stays inside. It says nothing to the
// users of the library, nor in a static one, whose functions do not leave the program or library that links
// it.
#ifndef LCN_API_H
#define LCN_API_H

#if !defined(LCN_SHARED)
#define LCN_API
#elif defined(_WIN32)
#define LCN_API __declspec(dllexport)
#else
#define LCN_API __attribute__((visibility("default")))
#endif

#endif

// SPDX-License-Identifier: Apache-2.0
#include "charts/late_library.h"

#include <dlfcn.h>

namespace charts {

base::Result<LateLibrary> LateLibrary::open(std::string name, const std::string& package) {
  void* handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return base::permanent(base::Reason::kNotFound,
                           std::string(dlerror()) + " (Debian's package " + package + " has it)");
  }
  return LateLibrary(std::move(name), handle);
}

base::Result<void*> LateLibrary::address_of(const char* function) const {
  void* address = dlsym(handle_, function);
  if (address == nullptr) return base::permanent(base::Reason::kNotFound, name_ + " has no function " + function);
  return address;
}

}  // namespace charts

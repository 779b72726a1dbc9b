// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace charts {

// A shared library that is loaded when it is first needed, and stays until the process ends.
class LateLibrary {
 public:
  // `name` as the dynamic linker knows it ("libm.so.6"), `package` what a person installs to have it. Fails with
  // kNotFound and a message that names both.
  static base::Result<LateLibrary> open(std::string name, const std::string& package);

  // Finds a function of the library or of those that it needs. `Function` must be its type. kNotFound if there is none.
  template <class Function>
  base::Result<void> look_up(const char* function, Function*& found) const {
    BOOST_OUTCOME_TRY(void* address, address_of(function));
    found = reinterpret_cast<Function*>(address);
    return base::ok();
  }

 private:
  LateLibrary(std::string name, void* handle) : name_(std::move(name)), handle_(handle) {}
  base::Result<void*> address_of(const char* function) const;

  std::string name_;
  void* handle_;
};

}  // namespace charts

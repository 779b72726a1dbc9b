// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bus/kafka/client/properties.h"

namespace bus::kafka {

// A file that a property names, such as the authorities of `ssl.ca.location`.
struct NamedFile {
  std::string property;
  std::string path;
};

// The files that clients with these properties read themselves; those of TLS only where it is spoken. librdkafka says
// of one that is not there neither its path nor why.
std::vector<NamedFile> named_files(const Properties& properties);

}  // namespace bus::kafka

// SPDX-License-Identifier: Apache-2.0
#include "app/input_recorder.h"

#include <algorithm>

#include "base/log.h"
#include "ingest/alertmanager_body.h"
#include "ingest/intake_record.h"
#include "net/http/recording.h"

namespace app {

base::Result<std::unique_ptr<InputRecorder>> InputRecorder::open(const std::string& path) {
  std::ofstream file(path, std::ios::app);
  if (!file) return base::permanent(base::Reason::kBadRequest, "--record: " + path + " can't be opened");
  return std::unique_ptr<InputRecorder>(new InputRecorder(std::move(file)));
}

void InputRecorder::accepted(base::Time received, std::string_view body) {
  auto summary = ingest::summarize(body);
  if (!summary) return;
  std::string line = ingest::encode(summary.value().source, received, body);
  // Within JSON texts line breaks are escaped; between its members they are space.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  write(line);
}

std::unique_ptr<net::http::Client> InputRecorder::wrap(std::unique_ptr<net::http::Client> client) {
  return net::http::make_recording_client(
      std::move(client), [this](const net::http::RecordedExchange& exchange) { write(net::http::encode(exchange)); });
}

void InputRecorder::write(const std::string& line) {
  std::lock_guard lock(mutex_);
  file_ << line << '\n' << std::flush;
  if (file_) return;
  base::log::error("record: a line could not be written", {{"bytes", line.size()}});
  file_.clear();
}

}  // namespace app

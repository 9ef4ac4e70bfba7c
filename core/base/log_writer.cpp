// SPDX-License-Identifier: Apache-2.0
#include "base/log_writer.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <optional>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>
#include <unistd.h>

#include "base/log_file.h"
#include "base/thread_annotations.h"

namespace parley::log {
namespace {

// A queued message is "console \x1e json"; a flush request is "\x1d number". Neither byte occurs in
// escaped text.
constexpr char kSeparator = '\x1e';
constexpr char kFlushMark = '\x1d';
constexpr std::chrono::milliseconds kFlushRetry{100};
constexpr int kFlushTries = 100;

// Called by the pool's single thread only, except wait_for_flush().
class LineSink final : public spdlog::sinks::sink {
 public:
  explicit LineSink(const Settings& settings) : console_(settings.console) {
    if (settings.file.empty()) return;
    file_.emplace(settings.file, settings.max_size, settings.max_files);
    if (!file_->open()) opened_ = Status::internal(complaint());
    report(opened_.is_ok());
  }

  void log(const spdlog::details::log_msg& message) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    if (text.starts_with(kFlushMark)) return finish_flush(text.substr(1));
    const auto cut = text.find(kSeparator);
    if (console_) write_to_stderr(text.substr(0, cut));
    if (file_ && cut != std::string_view::npos) write_json(text.substr(cut + 1));
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  bool wait_for_flush(std::uint64_t number) PARLEY_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (flushed_ < number) changed_.wait_for(mutex_, kFlushRetry);
    return flushed_ >= number;
  }
  const Status& opened() const { return opened_; }
  std::uint64_t unwritten() const { return unwritten_.load(std::memory_order_relaxed); }

 private:
  void write_json(std::string_view line) {
    const bool written = file_->write(line);
    if (!written) unwritten_.fetch_add(1, std::memory_order_relaxed);
    report(written);
  }

  // Says once that the file fails and once that it works again, however many lines that takes.
  void report(bool works) {
    if (works == !failing_) return;
    failing_ = !works;
    write_to_stderr(failing_ ? complaint() : "parley: the log file is written again");
  }
  std::string complaint() const {
    return "parley: " + file_->why() +
           "; the server goes on without these lines, free the disk or correct log.file";
  }

  void finish_flush(std::string_view number) {
    std::uint64_t value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    MutexLock lock(mutex_);
    flushed_ = std::max(flushed_, value);
    changed_.notify_all();
  }

  const bool console_;
  std::optional<RotatingFile> file_;
  Status opened_;
  bool failing_ = false;
  std::atomic<std::uint64_t> unwritten_{0};
  Mutex mutex_;
  CondVar changed_;
  std::uint64_t flushed_ PARLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace

struct Writer::Impl {
  explicit Impl(const Settings& settings)
      : sink(std::make_shared<LineSink>(settings)),
        pool(std::make_shared<spdlog::details::thread_pool>(
            std::max<std::size_t>(settings.queue, 1), 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "parley", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    logger->set_level(spdlog::level::trace);
  }

  std::shared_ptr<LineSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<std::uint64_t> next_flush{0};
};

Writer::Writer(const Settings& settings) : impl_(std::make_unique<Impl>(settings)) {}

// The pool's destructor queues its end behind the waiting lines and joins its thread.
Writer::~Writer() {
  impl_->logger.reset();
  impl_->pool.reset();
}

void Writer::post(std::string_view console, std::string_view json) {
  std::string payload;
  payload.reserve(console.size() + json.size() + 1);
  payload.append(console).append(1, kSeparator).append(json);
  impl_->logger->log(spdlog::level::info, spdlog::string_view_t(payload.data(), payload.size()));
}

void Writer::flush() {
  const auto number = ++impl_->next_flush;
  const auto mark = kFlushMark + std::to_string(number);
  // Repeated, because other lines may push the mark out of a full queue.
  for (int tries = 0; tries < kFlushTries; ++tries) {
    impl_->logger->log(spdlog::level::info, spdlog::string_view_t(mark.data(), mark.size()));
    if (impl_->sink->wait_for_flush(number)) return;
  }
}

const Status& Writer::opened() const {
  return impl_->sink->opened();
}
std::uint64_t Writer::dropped() const {
  return impl_->pool->overrun_counter();
}
std::uint64_t Writer::unwritten() const {
  return impl_->sink->unwritten();
}

void write_to_stderr(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  // One write, so that lines of several threads do not mix; a closed standard error is nobody's
  // concern.
  [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, whole.data(), whole.size());
}

}  // namespace parley::log

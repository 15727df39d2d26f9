// The observer's end of the shared memory, with this test in the place of the library.
#include "runner/sandbox/fast_path/fast_log.h"

#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace sluice::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FastLogTest : public ::testing::Test {
protected:
  void SetUp() override
  {
    images_ = make_fast_images();
    log_ = FastLog::make(images_);
    if (!log_) GTEST_SKIP() << "this kernel answers no call with a descriptor";
    log_->begin();
    file_ = log_->give_memory();
    void* const mapped =
      ::mmap(nullptr, sizeof(FastMemory), PROT_READ | PROT_WRITE, MAP_SHARED, file_, k_fast_page_size);
    ASSERT_NE(mapped, MAP_FAILED);
    memory_ = static_cast<FastMemory*>(mapped);
  }
  ~FastLogTest() override
  {
    if (memory_) ::munmap(memory_, sizeof(FastMemory));
  }

  std::uint32_t begin_slot() { return memory_->header.slots_taken++; }
  void fill(std::uint32_t number, std::string_view text, std::uint8_t intent, std::uint32_t folder = 0)
  {
    FastSlot& slot = memory_->slots[number];
    slot.text = memory_->header.text_taken;
    memory_->header.text_taken += 1024;
    std::memcpy(memory_->text + slot.text, text.data(), text.size());
    slot.size = static_cast<std::uint16_t>(text.size());
    slot.intent = intent;
    slot.folder = folder;
    slot.check =
      fast_check(memory_->header.stamp, number, slot, fast_hash(text.data(), static_cast<std::uint32_t>(text.size())));
    ++memory_->header.slots_filled;
  }
  std::uint32_t note(std::string_view text, std::uint8_t intent, std::uint32_t folder = 0)
  {
    const std::uint32_t number = begin_slot();
    fill(number, text, intent, folder);
    return number;
  }

  std::vector<std::string> drained(bool at_the_end = false)
  {
    std::vector<std::string> names;
    const auto take = [&](const FastLog::Entry& entry) {
      names.push_back(entry.folder.empty() ? std::string(entry.name)
                                           : std::string(entry.folder) + " " + std::string(entry.name));
    };
    at_the_end ? log_->finish(take) : log_->drain(take);
    return names;
  }

  FastImages images_;
  std::unique_ptr<FastLog> log_;
  int file_ = -1;
  FastMemory* memory_ = nullptr;
};

TEST_F(FastLogTest, HandsOverWhatIsNewInItsOrder)
{
  note("/a", k_fast_ask);
  const std::uint32_t folder = note("/tree", k_fast_folder);
  note("b/c", k_fast_open, folder + 1);
  EXPECT_THAT(drained(), ElementsAre("/a", "/tree b/c"));
  EXPECT_THAT(drained(), IsEmpty());
  note("/d", k_fast_keep);
  EXPECT_THAT(drained(true), ElementsAre("/d"));
  EXPECT_EQ(log_->gap(), "");
  EXPECT_EQ(log_->count(), 4u);
}

// Its call was not made before: it may come late, and those behind it are not held up.
TEST_F(FastLogTest, WhatIsNotFinishedIsTakenWhenItIs)
{
  const std::uint32_t late = begin_slot();
  note("/b", k_fast_ask);
  EXPECT_THAT(drained(), ElementsAre("/b"));
  fill(late, "/a", k_fast_ask);
  EXPECT_THAT(drained(true), ElementsAre("/a"));
  EXPECT_EQ(log_->gap(), "");
}

TEST_F(FastLogTest, AFolderThatWasLateIsFound)
{
  const std::uint32_t folder = begin_slot();
  EXPECT_THAT(drained(), IsEmpty());
  fill(folder, "/tree", k_fast_folder);
  note("x", k_fast_ask, folder + 1);
  EXPECT_THAT(drained(true), ElementsAre("/tree x"));
  EXPECT_EQ(log_->gap(), "");
}

TEST_F(FastLogTest, WhatIsNeverFinishedIsAGap)
{
  begin_slot();
  drained(true);
  EXPECT_THAT(log_->gap(), HasSubstr("ended while it noted"));
  EXPECT_EQ(memory_->header.on, 0u);
}

// Names that cannot have come from the library, each with a check that is right.
TEST_F(FastLogTest, NonsenseWithARightCheckIsAGap)
{
  const std::vector<std::function<void()>> tries{
    [&] { note("relative", k_fast_ask); }, // starts nowhere
    [&] { note("x", k_fast_ask, 7); },     // starts at what is not there yet
    [&] { note("/absolute", k_fast_ask, note("/w", k_fast_folder) + 1); },
    [&] { note(std::string_view("/a\0b", 4), k_fast_ask); },
    [&] { note("x", k_fast_ask, note("/w", k_fast_ask) + 1); }, // starts at what is no folder
    [&] { note("", k_fast_ask); }};
  for (std::size_t i = 0; i < tries.size(); ++i) {
    log_->begin();
    log_->give_memory();
    tries[i]();
    drained(true);
    EXPECT_THAT(log_->gap(), HasSubstr("fast path")) << i;
  }
}

// Every slot starts at the one before it, and all are finished when they have been passed already: to follow them would
// take a stack as deep as there are slots.
TEST_F(FastLogTest, AForgedChainOfFoldersIsAGap)
{
  memory_->header.slots_taken = k_fast_slots;
  EXPECT_THAT(drained(), IsEmpty());
  fill(0, "/tree", k_fast_ask);
  const std::uint32_t text = memory_->header.text_taken;
  for (std::uint32_t number = 1; number < k_fast_slots; ++number) {
    memory_->header.text_taken = text;
    fill(number, "x", k_fast_ask, number);
  }
  drained(true);
  EXPECT_THAT(log_->gap(), HasSubstr("starts nowhere"));
}

TEST_F(FastLogTest, ANewBatchFindsNothingOfTheOldOne)
{
  note("/a", k_fast_ask);
  memory_->small[5] = 77;
  memory_->slots[90'000].check = 1;
  const char jump = 0x11;
  ASSERT_EQ(::pwrite(file_, &jump, 1, 0), 1) << "the page of code";
  const std::uint64_t stamp = memory_->header.stamp;
  log_->begin();
  EXPECT_NE(memory_->header.stamp, stamp);
  EXPECT_EQ(memory_->header.on, 1u);
  EXPECT_EQ(memory_->header.slots_taken, 0u);
  EXPECT_EQ(memory_->slots[0].check, 0u);
  EXPECT_EQ(memory_->slots[90'000].check, 0u);
  EXPECT_EQ(memory_->small[5], 0u);
  EXPECT_EQ(memory_->text[0], 0);
  char code[3] = {};
  ASSERT_EQ(::pread(file_, code, 3, 0), 3);
  EXPECT_EQ(std::string(code, 3), "\x0f\x05\xc3");
  EXPECT_THAT(drained(true), IsEmpty());
  EXPECT_EQ(log_->gap(), "");
}

TEST_F(FastLogTest, NobodyCanCutTheMemoryShort)
{
  EXPECT_NE(::ftruncate(file_, 0), 0);
}

TEST_F(FastLogTest, WhoMovesUnheardKeepsFoldersFromBeingRemembered)
{
  const std::uint32_t epoch = memory_->header.folders_epoch;
  const pid_t thread = ::getpid();
  log_->moves(thread, true);
  EXPECT_EQ(memory_->header.raw_movers, 0u) << "the library says when it is done";
  log_->moves(thread, false);
  EXPECT_EQ(memory_->header.raw_movers, 1u);
  EXPECT_NE(memory_->header.folders_epoch, epoch);
  const std::uint32_t moving = memory_->header.folders_epoch;
  log_->heard_from(thread);
  EXPECT_EQ(memory_->header.raw_movers, 0u);
  EXPECT_NE(memory_->header.folders_epoch, moving) << "what was remembered meanwhile may be of before";
}

} // namespace
} // namespace sluice::sandbox

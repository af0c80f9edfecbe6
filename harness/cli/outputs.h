// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/base/exit_code.h"
#include "harness/base/result.h"
#include "harness/format.h"

namespace interregnum {

/// Judges a record with the registered judge. `folder` is the run folder as the user can open
/// it, "" when there is none. A program that was linked without a judge is a bug and ends.
[[nodiscard]] Judgement judge(record::Record const& record, std::string folder = {});

/// The record in a registered format; "" for an unknown one.
[[nodiscard]] std::string render(std::string_view format, record::Record const& record,
                                 Judgement const& judgement);

/// Prints to stdout at once. Errors: it could not be (a full disk). No error is a reader that is
/// gone (`| head`): it has read what it wanted.
[[nodiscard]] Status show(std::string_view text);

/// One line of the program on stderr. Where nobody can be told any more, that is nobody's error.
void complain(std::string_view message);

/// Writes a whole file by way of a temporary name beside it, so that a reader never sees half of
/// it.
[[nodiscard]] Status write_file(std::string const& path, std::string_view content);

/// The same, and it is on the disk when this returns: it outlives a loss of power.
[[nodiscard]] Status write_file_durably(std::string const& path, std::string_view content);

/// Writes the file of every format that has one into the run folder, each by way of a temporary
/// name, so that a reader never sees half of one.
[[nodiscard]] Status write_reports(std::string const& run_folder, record::Record const& record,
                                   Judgement const& judgement);

/// Appends to the file that $GITHUB_STEP_SUMMARY names, if it names one: GitHub Actions shows it
/// beside the job. Not being able to is logged; it is no reason to call a drill wrong.
void add_to_step_summary(std::string const& markdown);

/// What the program's end says (design, "The program"): not_undone wins over all; then a fail
/// (a run that was interrupted after it lost data still failed), interrupted, error; an abort is
/// a fail.
[[nodiscard]] ExitCode exit_code_of(Judgement const& judgement);

/// The same of a run whose reports could not be written: that is an error of the harness, yet hides
/// neither what was not undone nor a fail.
[[nodiscard]] ExitCode code_without_reports(Judgement const& judgement);

}  // namespace interregnum

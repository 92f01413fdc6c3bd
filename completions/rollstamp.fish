# SPDX-License-Identifier: Apache-2.0
# Completion of rollstamp for fish: rollstamp itself says what fits.

function __rollstamp_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l count (count $words)
    set -l lines ($words[1] completion words (math $count - 1) -- $words[2..-1] $current 2>/dev/null)
    or return
    for line in $lines
        if string match --quiet ':files*' -- $line
            set -l prefix (string replace ':files' '' -- $line)
            set -l rest (string sub --start (math (string length -- $prefix) + 1) -- $current)
            for path in (__fish_complete_path $rest)
                echo $prefix$path
            end
        else if not string match --quiet ':*' -- $line
            echo $line
        end
    end
end

complete --command rollstamp --no-files --arguments '(__rollstamp_complete)'

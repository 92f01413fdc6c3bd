# SPDX-License-Identifier: Apache-2.0
# Completion of rollstamp for bash: rollstamp itself says what fits.

_rollstamp() {
	local line=${COMP_LINE:0:COMP_POINT} word words=() i answer last
	# Bash breaks words at = and : as well. Those between which the line has no blank are one.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && [[ $line != [[:blank:]]* && -n $word ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		line=${line#"${line%%[![:blank:]]*}"}
		line=${line#"$word"}
	done
	# The names of files are to be read, so that they go without their quotes.
	for i in "${!words[@]}"; do
		word=${words[i]//[\"\'\\]/}
		words[i]=${word/#\~\//"$HOME/"}
	done
	COMPREPLY=()
	answer=$("${words[0]}" completion words $((${#words[@]} - 2)) -- "${words[@]:1}" "${COMP_WORDS[@]:COMP_CWORD+1}" \
		2>/dev/null) || return
	last=${answer##*$'\n'}
	# What stands in front of the last break is not replaced.
	word=${words[-1]}
	line=
	[[ $word == *[=:]* && $COMP_WORDBREAKS == *=* ]] && line=${word%"${word##*[=:]}"}
	if [[ $last == :files* ]]; then
		word=${COMP_WORDS[COMP_CWORD]}
		[[ $word == [=:] ]] && word=
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
	while IFS=$'\t' read -r word _; do
		[[ $word == :* ]] || COMPREPLY+=("${word#"$line"}")
	done <<<"$answer"
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
	return 0
}
complete -F _rollstamp rollstamp

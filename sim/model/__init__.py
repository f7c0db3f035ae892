"""What happens in a week of one world: records, rules, agents, and the compiled run of many worlds."""

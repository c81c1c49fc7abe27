-- +goose Up
-- A move that was proposed is asked for when it was proposed; what took place once a second person had agreed is that they did.
UPDATE moves SET asked_at = (SELECT p.at FROM proposals p WHERE p.move_id = moves.id)
WHERE id IN (SELECT move_id FROM proposals WHERE move_id IS NOT NULL);
UPDATE move_steps SET step = 'proposed', at = (SELECT p.at FROM proposals p WHERE p.move_id = move_steps.move_id)
WHERE step = 'asked' AND move_id IN (SELECT move_id FROM proposals WHERE move_id IS NOT NULL);
UPDATE history SET code = 'control approved', actor_id = (SELECT p.decider_id FROM proposals p
    WHERE p.identity_id = history.identity_id AND p.move_id IS NOT NULL AND p.ended_at = history.processed_at)
WHERE code = 'control asked' AND EXISTS (SELECT 1 FROM proposals p
    WHERE p.identity_id = history.identity_id AND p.move_id IS NOT NULL AND p.ended_at = history.processed_at);

-- +goose Down
UPDATE history SET code = 'control asked' WHERE code = 'control approved';
UPDATE move_steps SET step = 'asked' WHERE step = 'proposed';
